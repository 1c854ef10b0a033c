import { filter, firstValueFrom, fromEvent, type Observable, takeUntil } from 'rxjs';
import type { Clock } from '../clock.js';
import type { HostSettings } from '../config.js';
import { hostStopped, pluginInUse, pluginStopped, pluginUnloadable, type RxportError } from '../errors.js';
import {
  commit,
  discard,
  type InstalledPlugin,
  loadAll,
  type PluginFolders,
  remove,
  stage,
} from '../install/install.js';
import type { Manifest } from '../install/manifest.js';
import type { Logger } from '../log.js';
import { commandLine, dieWithHost } from '../process/command-line.js';
import { pluginEnvironment } from '../process/environment.js';
import { spawn } from '../process/spawn.js';
import type { ProcessState } from '../process/state.js';
import type { Registry } from '../registry/registry.js';
import { STOCK_IPC_DIR } from '../wire/address.js';
import { encodeArgv } from '../wire/argv.js';
import { CAPABILITIES } from '../wire/handshake.js';
import type { SymbolKind } from '../wire/names.js';
import { PluginLink } from './plugin-link.js';

/** A plugin of a host. */
export interface Plugin {
  readonly name: string;
  /** Its folder. */
  readonly dir: string;
  readonly manifest: Manifest;
  readonly state: ProcessState;
  /** Hot, replays the newest: where its process stands, and why. */
  readonly state$: Observable<ProcessState>;
  /** The rules that use it now. */
  readonly usedBy: readonly string[];
}

export interface BrokenPlugin {
  readonly dir: string;
  readonly error: RxportError;
}

/** The plugins of a host. */
export interface Plugins {
  /**
   * Installs a zip or a folder and starts its process; resolves when that has shaken hands. What fails leaves nothing
   * behind. Rejects with `ERR_INSTALL_NOT_FOUND`, `ERR_ZIP_*`, `ERR_MANIFEST_*`, `ERR_PLUGIN_*`, `ERR_SYMBOL_TAKEN`.
   */
  install(source: string, options?: { readonly signal?: AbortSignal }): Promise<Plugin>;
  /** Stops and deletes a plugin. Rejects with `ERR_PLUGIN_UNKNOWN`, and with `ERR_PLUGIN_IN_USE` unless forced. */
  remove(name: string, options?: { readonly force?: boolean }): Promise<void>;
  has(name: string): boolean;
  /** Throws `ERR_PLUGIN_UNKNOWN`. */
  get(name: string): Plugin;
  list(): readonly Plugin[];
  /** Folders that hold no plugin that can be loaded, and why. */
  broken(): readonly BrokenPlugin[];
}

export interface PluginSetOptions {
  readonly registry: Registry;
  readonly folders: PluginFolders;
  readonly settings: HostSettings;
  /** Sockets of our own SDK. */
  readonly ipcDir: string;
  readonly setpriv: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** The plugin is about to go: closes the channels of its functions. */
  readonly retire: (functions: readonly string[]) => Promise<void>;
}

export class PluginSet implements Plugins {
  private readonly links = new Map<string, PluginLink>();
  private unloadable: readonly BrokenPlugin[] = [];
  private readonly installs = new Set<Promise<Plugin>>();
  /** Aborted when the host stops. */
  private readonly closing = new AbortController();

  constructor(private readonly options: PluginSetOptions) {}

  /** Loads and starts what the data folder holds; a plugin that is broken or can not be opened stops nobody. */
  async autoload(): Promise<void> {
    const { folders, registry, log } = this.options;
    const broken: BrokenPlugin[] = [];
    for (const found of await loadAll([folders.portables, folders.portable])) {
      if ('error' in found) {
        broken.push(found);
        continue;
      }
      try {
        registry.add(found.plugin);
        await this.open(found.plugin);
      } catch (error) {
        broken.push({ dir: found.dir, error: error as RxportError });
        registry.remove(found.plugin.name);
      }
    }
    for (const { dir, error } of broken) log.error({ dir, code: error.code }, `not loaded: ${error.message}`);
    this.unloadable = broken;
  }

  install(source: string, options: { readonly signal?: AbortSignal } = {}): Promise<Plugin> {
    const { signal } = this.closing;
    const work = this.installNow(
      source,
      options.signal === undefined ? signal : AbortSignal.any([signal, options.signal]),
    );
    this.installs.add(work);
    const done = (): boolean => this.installs.delete(work);
    work.then(done, done);
    return work;
  }

  async remove(name: string, { force = false }: { readonly force?: boolean } = {}): Promise<void> {
    this.closing.signal.throwIfAborted();
    const plugin = this.options.registry.get(name);
    const { usedBy = [] } = this.links.get(name) ?? {};
    if (usedBy.length > 0 && !force) throw pluginInUse(name, usedBy);
    await this.uninstall(plugin);
  }

  has(name: string): boolean {
    return this.options.registry.has(name);
  }

  get(name: string): Plugin {
    return view(this.linkOf(this.options.registry.get(name).name));
  }

  list(): readonly Plugin[] {
    return [...this.links.values()].map(view);
  }

  broken(): readonly BrokenPlugin[] {
    return this.unloadable;
  }

  /** The plugin that has a symbol. Throws `ERR_SYMBOL_UNKNOWN`. */
  find(kind: SymbolKind, symbol: string): PluginLink {
    return this.linkOf(this.options.registry.find(kind, symbol).name);
  }

  /** Stops every process; what is being installed is taken back. */
  async close(): Promise<void> {
    this.closing.abort(hostStopped());
    await Promise.allSettled(this.installs);
    await Promise.all([...this.links.values()].map((link) => link.close()));
    this.links.clear();
  }

  private linkOf(name: string): PluginLink {
    this.closing.signal.throwIfAborted();
    const link = this.links.get(name);
    if (link === undefined) throw pluginUnloadable(name);
    return link;
  }

  private async installNow(source: string, signal: AbortSignal): Promise<Plugin> {
    const { folders, registry } = this.options;
    signal.throwIfAborted();
    const staged = await stage(source, folders.staging, { signal });
    let plugin: InstalledPlugin;
    try {
      registry.add(staged);
    } catch (error) {
      await discard(staged);
      throw error;
    }
    try {
      plugin = await commit(staged, folders.portables);
      registry.replace(plugin);
    } catch (error) {
      registry.remove(staged.name);
      await discard(staged);
      throw error;
    }
    return this.prove(plugin, signal);
  }

  /** A plugin counts as installed once its process has shaken hands. */
  private async prove(plugin: InstalledPlugin, signal: AbortSignal): Promise<Plugin> {
    try {
      signal.throwIfAborted();
      const link = await this.open(plugin);
      const decided = link.state$.pipe(filter(isDecided), takeUntil(fromEvent(signal, 'abort')));
      const state = await firstValueFrom(decided, { defaultValue: undefined });
      signal.throwIfAborted();
      if (state?.phase === 'backoff' || state?.phase === 'failed') throw state.error;
      if (state?.phase !== 'ready') throw pluginStopped(plugin.name);
      return view(link);
    } catch (error) {
      await this.uninstall(plugin);
      throw error;
    }
  }

  private async uninstall(plugin: InstalledPlugin): Promise<void> {
    // Somebody else has removed it meanwhile, and its name may belong to another by now.
    if (!this.options.registry.list().includes(plugin)) return;
    const { registry, folders, retire } = this.options;
    const link = this.links.get(plugin.name);
    registry.remove(plugin.name);
    this.links.delete(plugin.name);
    await retire(plugin.manifest.functions);
    await link?.close();
    await remove(plugin, folders.staging);
  }

  private async open(plugin: InstalledPlugin): Promise<PluginLink> {
    const { settings, clock, log, setpriv } = this.options;
    const ours = plugin.manifest.language === 'node';
    const ipcDir = ours ? this.options.ipcDir : STOCK_IPC_DIR;
    const argv = encodeArgv({ v: 1, caps: CAPABILITIES, ...(ours && { ipcDir }) });
    const line = commandLine(plugin, argv, settings);
    const env = pluginEnvironment(process.env, settings.env);
    const link = new PluginLink({
      plugin,
      ipcDir,
      clock,
      log,
      command: [line.file, ...line.args.slice(0, -1)].join(' '),
      spawn: () => spawn(dieWithHost(line, setpriv), { env, clock, grace: settings.killTimeout }),
      settings,
    });
    await link.open();
    this.links.set(plugin.name, link);
    return link;
  }
}

const isDecided = ({ phase }: ProcessState): boolean => phase !== 'starting' && phase !== 'stopping';

const view = (link: PluginLink): Plugin => ({
  name: link.name,
  dir: link.plugin.dir,
  manifest: link.plugin.manifest,
  state$: link.state$,
  get state() {
    return link.state;
  },
  get usedBy() {
    return link.usedBy;
  },
});
