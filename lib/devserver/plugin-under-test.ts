import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '../clock.js';
import type { HostSettings } from '../config.js';
import { ipcDirOf, type LaunchOptions, launchOptions, lineOf } from '../control/launch.js';
import { PluginLink } from '../control/plugin-link.js';
import type { ReplicaOptions } from '../control/replica.js';
import { LONGEST } from '../duration.js';
import { RxportError, userError } from '../errors.js';
import { pluginFolders } from '../install/folders.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import type { Language } from '../install/manifest.js';
import { PluginStore } from '../install/plugin-store.js';
import type { Logger } from '../log.js';
import { NO_CACHES, pluginEnvironment } from '../process/environment.js';
import { commandRunner } from '../process/run-command.js';
import { findSetpriv } from '../process/setpriv.js';
import { SpawnRecords } from '../process/spawn-records.js';
import { Registry } from '../registry/registry.js';
import type { WireTap } from '../sp/tap.js';
import { STOCK_IPC_DIR } from '../wire/address.js';
import { PLURAL, type SymbolKind } from '../wire/names.js';
import { buildPlugin, endBuilds } from './build.js';
import { type ByHandLine, byHandLine } from './by-hand-line.js';
import { FolderWatch } from './folder-watch.js';
import { namedPlugin, type PluginSource, readPlugin } from './plugin-source.js';
import { toldCommand } from './told-command.js';

export interface PluginUnderTestOptions {
  readonly folder?: string | undefined;
  readonly name?: string | undefined;
  /** Of a plugin of which only the name is known. */
  readonly language?: Language | undefined;
  readonly launch: boolean;
  readonly watch: boolean;
  readonly settings: Omit<HostSettings, 'dir'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tap: WireTap;
  /** Gives up `open`. */
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds that a command to a plugin in a debugger may take: as long as a timer can be set for. */
const FOR_EVER = LONGEST;

/** The plugin that is tested: where it comes from, and who starts it. */
export class PluginUnderTest {
  /** How to start it by hand; undefined when the server does. */
  readonly byHand: ByHandLine | undefined;
  readonly link: PluginLink;
  private readonly registry = new Registry();
  private readonly records: SpawnRecords;
  private readonly store: PluginStore;
  private readonly closing = new AbortController();
  private watch: FolderWatch | undefined;
  private builds = 0;

  /**
   * Reads and builds it, binds its control channel and, unless it is started by hand, starts it; does not wait for its
   * handshake. Rejects with `ERR_INSTALL_NOT_FOUND`, `ERR_MANIFEST_*`, `ERR_PACK_BUILD`, `ERR_ADDRESS_IN_USE`,
   * and the reason of an aborted `signal`.
   */
  static async open(options: PluginUnderTestOptions): Promise<PluginUnderTest> {
    // Sockets, records of processes, what was built: one folder with a short path, which its process knows, too.
    const dir = await mkdtemp(join(resolve(tmpdir()), 'rxport-'));
    let plugin: PluginUnderTest | undefined;
    try {
      const { folder, name = '', language = 'executable' } = options;
      const source = folder === undefined ? undefined : await readPlugin(folder, options.name);
      plugin = new PluginUnderTest(options, dir, source ?? { plugin: namedPlugin(name, language) });
      await plugin.start();
      return plugin;
    } catch (error) {
      await plugin?.close();
      await endBuilds();
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  private constructor(
    private readonly options: PluginUnderTestOptions,
    private readonly dir: string,
    private readonly source: PluginSource,
  ) {
    const { clock, log, launch, tap } = options;
    this.records = new SpawnRecords(dir, { clock, log });
    this.store = this.makeStore();
    const { plugin, launching } = this.launchOf(source, this.nextOutfile());
    if (options.folder !== undefined) this.registry.add(plugin);
    this.link = new PluginLink({ ...this.replicaOf(plugin, launching), tap, ipcDir: ipcDirOf(plugin, launching) });
    if (!launch) this.byHand = byHandLine(lineOf(plugin, launching), options.folder !== undefined, launching.run?.env);
  }

  get name(): string {
    return this.link.name;
  }

  /** False for the Go SDK, which dials instance 0 whatever it is told, and for what may be a plugin of it. */
  get knowsInstances(): boolean {
    const { language } = this.link.plugin.manifest;
    return language === 'python' || language === 'node';
  }

  /** Throws `ERR_SYMBOL_UNKNOWN`. Of a plugin without a manifest every symbol is taken for one that it has. */
  check(kind: SymbolKind, symbol: string): void {
    if (this.options.folder !== undefined) {
      this.registry.find(kind, symbol);
      return;
    }
    const known = this.link.plugin.manifest[PLURAL[kind]] as string[];
    if (!known.includes(symbol)) known.push(symbol);
  }

  /** Ends its process and frees its addresses. Nothing of it must run any longer. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.watch?.close();
    await this.link.close();
    await this.records.settled();
    if (this.source.entry !== undefined) await endBuilds();
    await rm(this.dir, { recursive: true, force: true });
  }

  private async start(): Promise<void> {
    const { folder, watch, clock, signal = this.closing.signal } = this.options;
    await buildPlugin(this.source, this.link.plugin.executable, signal);
    signal.throwIfAborted();
    await this.link.open();
    signal.throwIfAborted();
    if (folder === undefined || !watch) return;
    this.watch = new FolderWatch(this.source.plugin.dir, {
      clock,
      heeds: heeds(this.source),
      changed: () => this.changed(folder),
    });
  }

  /** Never rejects. */
  private async changed(folder: string): Promise<void> {
    const { log, launch } = this.options;
    const { name } = this;
    try {
      const source = await readPlugin(folder, name);
      const outfile = launch ? this.nextOutfile() : this.link.plugin.executable;
      await buildPlugin(source, outfile, this.closing.signal);
      if (!launch) return log.info({ plugin: name }, `plugin ${name} has changed: start it again`);
      log.info({ plugin: name }, `plugin ${name} has changed, and is started again`);
      await this.restart(source, outfile);
    } catch (cause) {
      if (this.closing.signal.aborted) return;
      const error = cause instanceof RxportError ? cause : userError(`the change of plugin ${name}`, cause);
      log.error({ plugin: name, code: error.code }, error.message);
    }
  }

  /** The old one is stopped first: it may own what nobody can share. What does not come leaves it running. */
  private async restart(source: PluginSource, outfile: string): Promise<void> {
    const before = this.link.plugin;
    const { plugin, launching } = this.launchOf(source, outfile);
    const { signal } = this.closing;
    const commit = async (): Promise<void> => this.registry.replace(plugin);
    await this.link.update(this.replicaOf(plugin, launching), { strategy: 'replace', signal, closing: signal, commit });
    if (source.entry !== undefined) await rm(before.executable, { force: true });
  }

  private launchOf({ plugin, entry }: PluginSource, outfile: string) {
    const { settings, clock, log, launch } = this.options;
    const launching: LaunchOptions = {
      settings: {
        ...settings,
        dir: this.dir,
        replicas: { [plugin.name]: 1 },
        ...(!launch && { startTimeout: FOR_EVER, stopTimeout: FOR_EVER }),
      },
      // Found without being told, too.
      ipcDir: launch ? this.dir : STOCK_IPC_DIR,
      setpriv: findSetpriv(),
      records: this.records,
      store: this.store,
      closing: this.closing.signal,
      clock,
      log,
      run: runOf(plugin, entry),
    };
    return { plugin: entry === undefined ? plugin : { ...plugin, executable: outfile }, launching };
  }

  /** Its author changes files all the time. A Python environment is kept beside them, for the next time. */
  private makeStore(): PluginStore {
    const { clock, log, settings, folder } = this.options;
    const { records, dir, closing } = this;
    const env = (): Readonly<Record<string, string>> => pluginEnvironment(process.env, settings.env);
    const run = toldCommand(commandRunner({ records, clock, setpriv: findSetpriv(), env }), clock, log);
    const folders = {
      ...pluginFolders(dir),
      ...(folder !== undefined && { environments: join(this.source.plugin.dir, '.rxport/environments') }),
    };
    return new PluginStore({
      folders,
      clock,
      log,
      run,
      settings: { ...settings, verify: 'off' },
      closing: closing.signal,
    });
  }

  private replicaOf(plugin: InstalledPlugin, launching: LaunchOptions): ReplicaOptions {
    return { ...launchOptions(plugin, launching), ...(!this.options.launch && { byHand: true }) };
  }

  private nextOutfile(): string {
    return join(this.dir, `${this.options.name ?? 'main'}-${(this.builds += 1)}.mjs`);
  }
}

const SOURCE_MAPS = { NODE_OPTIONS: '--enable-source-maps' };

function runOf({ executable, manifest }: InstalledPlugin, entry: string | undefined): LaunchOptions['run'] {
  if (entry !== undefined) return { cwd: dirname(executable), env: SOURCE_MAPS };
  // Python takes what it has compiled for a file of the same second and size, which an edited one may be.
  return manifest.language === 'python' ? { env: NO_CACHES } : undefined;
}

/** What a plugin writes into its own folder is no change of it. */
function heeds({ plugin, entry, isGoModule }: PluginSource): (path: string) => boolean {
  const program = entry !== undefined ? /\.([cm]?[jt]s|tsx)$/ : PROGRAMS[plugin.manifest.language];
  const own = new Set([`${plugin.name}.json`]);
  // What is built is no change of what it is built from.
  if (isGoModule) return (path) => own.has(path) || /\.go$|^go\.(mod|sum)$/.test(path);
  own.add(plugin.manifest.executable);
  if (plugin.manifest.language === 'python') own.add('requirements.txt');
  return (path) => own.has(path) || program?.test(path) === true;
}

const PROGRAMS: Readonly<Record<Language, RegExp | undefined>> = {
  node: /\.[cm]?js$/,
  python: /\.py$/,
  go: undefined,
  executable: undefined,
};
