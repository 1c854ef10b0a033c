import type { Clock } from '../clock.js';
import type { HostSettings } from '../config.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import type { Logger } from '../log.js';
import { type CommandLine, commandLine, dieWithHost } from '../process/command-line.js';
import { pluginEnvironment } from '../process/environment.js';
import type { SpawnRecords } from '../process/spawn-records.js';
import { STOCK_IPC_DIR } from '../wire/address.js';
import { encodeArgv } from '../wire/argv.js';
import { CAPABILITIES } from '../wire/handshake.js';
import type { ReplicaOptions } from './replica.js';

export interface LaunchOptions {
  readonly settings: HostSettings;
  /** Sockets of our own SDK. */
  readonly ipcDir: string;
  readonly setpriv: string | undefined;
  readonly records: SpawnRecords;
  readonly clock: Clock;
  readonly log: Logger;
  /** What is its own about the way it is run: its folder where it was built somewhere else, and more variables. */
  readonly run?: { readonly cwd?: string; readonly env: Readonly<Record<string, string>> } | undefined;
}

/** Where the sockets of a plugin are: stock SDKs know one place only. */
export const ipcDirOf = ({ manifest }: InstalledPlugin, { ipcDir }: LaunchOptions): string =>
  manifest.language === 'node' ? ipcDir : STOCK_IPC_DIR;

/** What a person would type to start it. */
export function lineOf(plugin: InstalledPlugin, { settings, ipcDir, run }: LaunchOptions): CommandLine {
  const ours = plugin.manifest.language === 'node';
  const argv = encodeArgv({ v: 1, caps: CAPABILITIES, ...(ours && { ipcDir }) });
  const line = commandLine(plugin, argv, settings);
  return run?.cwd === undefined ? line : { ...line, cwd: run.cwd };
}

/** How a version of a plugin is started. */
export function launchOptions(plugin: InstalledPlugin, options: LaunchOptions): ReplicaOptions {
  const { settings, clock, log, setpriv, records } = options;
  const line = lineOf(plugin, options);
  const env = pluginEnvironment(process.env, settings.env, options.run?.env);
  return {
    plugin,
    clock,
    log,
    settings,
    command: [line.file, ...line.args.slice(0, -1)].join(' '),
    spawn: () => records.spawn(dieWithHost(line, setpriv), { env, clock, grace: settings.killTimeout }, plugin),
  };
}
