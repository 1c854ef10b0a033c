import type { Meta } from './control.js';

/** Where the stock SDKs look for their sockets; they know no other place. */
export const STOCK_IPC_DIR = '/tmp';

export const controlPath = (ipcDir: string, plugin: string): string => `${ipcDir}/plugin_${plugin}.ipc`;

export const functionPath = (ipcDir: string, symbol: string): string => `${ipcDir}/func_${symbol}.ipc`;

export const dataPath = (ipcDir: string, { ruleId, opId, instanceId }: Meta): string =>
  `${ipcDir}/${ruleId}_${opId}_${instanceId}.ipc`;

export const ackPath = (ipcDir: string, { ruleId, opId, instanceId }: Meta): string =>
  `${ipcDir}/${ruleId}_${opId}_${instanceId}_ack.ipc`;
