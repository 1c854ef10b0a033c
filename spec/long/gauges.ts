/** What a host and its plugins hold of the machine, as gauges. */
import { readdirSync } from 'node:fs';
import { STOCK_IPC_DIR } from '../../lib/wire/address.js';
import { mark } from '../bench/plugins.js';
import { descriptorsOf, residentOf } from '../helpers/footprint.js';
import type { Gauge } from './level.js';

const KIB = 1024;
/** What code that is compiled late, by a first crash too, may take, in KiB: a rule that is kept per cycle is far more. */
const HEAP_SLACK = 4_096;
const RSS_SLACK = 24_576;

/** The host, which is this process: all of it must be level. */
export const hostGauges = (ipcDir: string): readonly Gauge[] => [
  { name: 'host heap', unit: 'KiB', slack: HEAP_SLACK, read: heap },
  { name: 'host RSS', unit: 'KiB', slack: RSS_SLACK, read: () => process.memoryUsage.rss() / KIB },
  { name: 'host descriptors', unit: '', slack: 0, read: () => descriptorsOf('self') },
  { name: 'socket files', unit: '', slack: 0, read: () => socketFiles(ipcDir).length },
];

/** A plugin: shown, not judged, unless its rules stay. The stock SDKs keep a context for each run of a rule. */
export const pluginGauges = (name: string, pid: () => number | undefined, judged = false): readonly Gauge[] => [
  {
    name: `${name} RSS`,
    unit: 'KiB',
    ...(judged ? { slack: RSS_SLACK } : {}),
    read: () => ofProcess(pid(), residentOf) / KIB,
  },
  {
    name: `${name} descriptors`,
    unit: '',
    ...(judged ? { slack: 0 } : {}),
    read: () => ofProcess(pid(), descriptorsOf),
  },
];

function heap(): number {
  // Once more: finalizers of the first free what the second finds.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / KIB;
}

/** All in the host's own folder, and those of this run in that of the stock SDKs. */
export const socketFiles = (ipcDir: string): readonly string[] =>
  [ipcDir, STOCK_IPC_DIR].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ipc') && (folder === ipcDir || name.includes(mark)))
      .map((name) => `${folder}/${name}`),
  );

function ofProcess(pid: number | undefined, read: (pid: number) => number): number {
  try {
    return pid === undefined ? NaN : read(pid);
  } catch {
    return NaN;
  }
}
