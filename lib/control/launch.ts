import { catchError, concatMap, defer, from, type Observable, of } from 'rxjs';
import type { Clock } from '../clock.js';
import type { HostSettings } from '../config.js';
import { reasonOf } from '../errors.js';
import { needsEnvironment, pythonOf } from '../install/environments.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import { orAborted } from '../install/or-aborted.js';
import type { PluginStore } from '../install/plugin-store.js';
import type { Logger } from '../log.js';
import { type CommandLine, commandLine, dieWithHost } from '../process/command-line.js';
import { environmentVariables, NO_CACHES, pluginEnvironment } from '../process/environment.js';
import type { Life } from '../process/spawn.js';
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
  readonly store: PluginStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Aborted when the host stops. */
  readonly closing: AbortSignal;
  /** What is its own about the way it is run: its folder where it was built somewhere else, and more variables. */
  readonly run?: { readonly cwd?: string; readonly env: Readonly<Record<string, string>> } | undefined;
}

/** Where the sockets of a plugin are: stock SDKs know one place only. */
export const ipcDirOf = ({ manifest }: InstalledPlugin, { ipcDir }: Pick<LaunchOptions, 'ipcDir'>): string =>
  manifest.language === 'node' ? ipcDir : STOCK_IPC_DIR;

/** Milliseconds that a timer can hold. */
const LONGEST = 2 ** 31 - 1;

/** What a person would type to start it; `environment` is the folder of its Python environment. */
export function lineOf(
  plugin: InstalledPlugin,
  { settings, ipcDir, run }: Pick<LaunchOptions, 'settings' | 'ipcDir' | 'run'>,
  environment?: string,
): CommandLine {
  const ours = plugin.manifest.language === 'node';
  const { killTimeout } = settings;
  const argv = encodeArgv({
    v: 1,
    caps: CAPABILITIES,
    ...(ours && { ipcDir }),
    // JSON has no Infinity.
    ...(killTimeout !== undefined && { killTimeout: Math.min(killTimeout, LONGEST) }),
  });
  const pythonBin = environment === undefined ? undefined : pythonOf(environment);
  const line = commandLine(plugin, argv, { ...settings, ...(pythonBin !== undefined && { pythonBin }) });
  return run?.cwd === undefined ? line : { ...line, cwd: run.cwd };
}

/** How a version of a plugin is started. */
export function launchOptions(plugin: InstalledPlugin, options: LaunchOptions): ReplicaOptions {
  const { settings, clock, log } = options;
  const line = lineOf(plugin, options);
  return {
    plugin,
    clock,
    log,
    settings,
    command: [line.file, ...line.args.slice(0, -1)].join(' '),
    spawn: (quit) => spawn(plugin, options, quit),
  };
}

/** What has to be looked at or made before, and can be waited for, comes first; it fails as a program that is not there. */
function spawn(plugin: InstalledPlugin, options: LaunchOptions, quit: AbortSignal): Observable<Life> {
  const { store, closing, log } = options;
  const { integrity, environments } = store;
  integrity.tell(plugin).catch((error: unknown) => {
    if (!closing.aborted) log.warn({ plugin: plugin.name }, reasonOf(error));
  });
  if (!integrity.enforced && !needsEnvironment(plugin)) return execute(plugin, options);
  const signal = AbortSignal.any([closing, quit]);
  const prepare = async (): Promise<string | undefined> => {
    await orAborted(integrity.demand(plugin), signal);
    const environment = await environments.ensure(plugin, signal);
    signal.throwIfAborted();
    return environment;
  };
  return defer(() => from(prepare().then((environment) => ({ environment })))).pipe(
    catchError((cause: Error) => of({ cause })),
    concatMap((ready) =>
      'cause' in ready
        ? of<Life>({ type: 'unspawned', cause: ready.cause })
        : execute(plugin, options, ready.environment),
    ),
  );
}

function execute(plugin: InstalledPlugin, options: LaunchOptions, environment?: string): Observable<Life> {
  const { settings, clock, setpriv, records, store, run } = options;
  const caches = store.integrity.enforced && NO_CACHES;
  const set = { ...environmentVariables(environment, process.env), ...caches, ...run?.env };
  const env = pluginEnvironment(process.env, settings.env, set);
  const line = dieWithHost(lineOf(plugin, options, environment), setpriv);
  return records.spawn(line, { env, clock, grace: settings.killTimeout }, plugin);
}
