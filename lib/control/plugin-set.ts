import { pluginBusy, pluginInUse, pluginStopped, pluginUnloadable, type RxportError } from '../errors.js';
import type { InstalledPlugin, Staged } from '../install/install.js';
import type { Registry } from '../registry/registry.js';
import type { SymbolKind } from '../wire/names.js';
import { BrokenPlugins } from './broken-plugins.js';
import { ipcDirOf, type LaunchOptions, launchOptions } from './launch.js';
import { PluginLink } from './plugin-link.js';
import { type Plugin, viewOf } from './plugin-view.js';
import type { BrokenPlugin, InstallOptions, Plugins, RemoveOptions } from './plugins.js';
import { becomesReady } from './readiness.js';
import { type UpdateOptions, updatePlugin, type UpdateReport } from './update.js';

export interface PluginSetOptions extends LaunchOptions {
  readonly registry: Registry;
  /** These functions are about to go: closes their channels. */
  readonly retire: (functions: readonly string[]) => Promise<void>;
}

export class PluginSet implements Plugins {
  private readonly links = new Map<string, PluginLink>();
  private readonly unloadable: BrokenPlugins;
  /** Installs, updates and removals that are under way. */
  private readonly work = new Set<Promise<unknown>>();
  /** Plugins that are being put in their place, updated or removed. */
  private readonly busy = new Set<string>();
  /** Plugins that count as installed when their process has shaken hands: until then they can be removed, not updated. */
  private readonly unproven = new Set<string>();

  constructor(private readonly options: PluginSetOptions) {
    this.unloadable = new BrokenPlugins(options.store, options.log);
  }

  /** Loads and starts what the data folder holds; a plugin that is broken or can not be opened stops nobody. */
  async autoload(): Promise<void> {
    const { store, registry } = this.options;
    for (const found of await store.open()) {
      if ('error' in found) {
        this.unloadable.add(found.dir, found.error);
        continue;
      }
      try {
        registry.add(found.plugin);
        await store.integrity.demand(found.plugin);
        await this.open(found.plugin);
      } catch (error) {
        this.unloadable.add(found.dir, error as RxportError);
        registry.remove(found.plugin.name);
      }
    }
    this.unloadable.tell();
  }

  install(source: string, options: InstallOptions = {}): Promise<Plugin> {
    return this.track(this.installNow(source, { ...options, signal: this.untilClosing(options.signal) }));
  }

  update(name: string, source: string, options: UpdateOptions = {}): Promise<UpdateReport> {
    const work = this.alone(name, async () => {
      if (this.unproven.has(name)) throw pluginBusy(name);
      return this.updateNow(name, source, options);
    });
    return this.track(work);
  }

  remove(name: string, { force = false, signal }: RemoveOptions = {}): Promise<void> {
    const work = this.alone(name, async () => {
      signal?.throwIfAborted();
      if (!this.has(name) && (await this.unloadable.remove(name))) return;
      const plugin = this.options.registry.get(name);
      const { usedBy = [] } = this.links.get(name) ?? {};
      if (usedBy.length > 0 && !force) throw pluginInUse(name, usedBy);
      await this.uninstall(plugin);
    });
    return this.track(work);
  }

  start(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const work = this.alone(name, async () => {
      signal?.throwIfAborted();
      const link = this.linkOf(this.options.registry.get(name).name);
      link.start();
      await becomesReady(link, this.untilClosing(signal));
    });
    return this.track(work);
  }

  stop(name: string): Promise<void> {
    return this.track(this.alone(name, () => this.linkOf(this.options.registry.get(name).name).stop()));
  }

  has(name: string): boolean {
    return this.options.registry.has(name);
  }

  get(name: string): Plugin {
    return this.viewOf(this.linkOf(this.options.registry.get(name).name));
  }

  list(): readonly Plugin[] {
    return [...this.links.values()].map((link) => this.viewOf(link));
  }

  broken(): readonly BrokenPlugin[] {
    return this.unloadable.list();
  }

  /** The plugin that has a symbol. Throws `ERR_SYMBOL_UNKNOWN`. */
  find(kind: SymbolKind, symbol: string): PluginLink {
    return this.linkOf(this.options.registry.find(kind, symbol).name);
  }

  /** Stops every process; what is being installed or updated is taken back. `closing` must be aborted. */
  async close(): Promise<void> {
    await Promise.allSettled(this.work);
    await Promise.all([...this.links.values()].map((link) => link.close()));
    this.links.clear();
  }

  private linkOf(name: string): PluginLink {
    this.options.closing.throwIfAborted();
    const link = this.links.get(name);
    if (link !== undefined) return link;
    throw pluginUnloadable(name);
  }

  private viewOf(link: PluginLink): Plugin {
    return viewOf(link, this.options.store);
  }

  private async installNow(
    source: string,
    options: InstallOptions & { readonly signal: AbortSignal },
  ): Promise<Plugin> {
    const { store, registry } = this.options;
    options.signal.throwIfAborted();
    const staged = await store.stage(source, options);
    try {
      // Its name and its symbols are its own from here on, before anything of it runs.
      registry.add(staged);
    } catch (error) {
      await store.discard(staged);
      throw error;
    }
    this.unproven.add(staged.name);
    try {
      return await this.prove(await this.place(staged, options), options.signal);
    } finally {
      this.unproven.delete(staged.name);
    }
  }

  private async place(staged: Staged, options: InstallOptions): Promise<InstalledPlugin> {
    const { store, registry } = this.options;
    try {
      return await this.alone(staged.name, async () => {
        const ready = await store.prepare(staged, options);
        // A script may have changed the manifest.
        registry.replace(ready);
        const plugin = await store.commit(ready);
        registry.replace(plugin);
        return plugin;
      });
    } catch (error) {
      registry.remove(staged.name);
      await store.discard(staged);
      throw error;
    }
  }

  /** A plugin counts as installed once its process has shaken hands. */
  private async prove(plugin: InstalledPlugin, signal: AbortSignal): Promise<Plugin> {
    try {
      signal.throwIfAborted();
      const link = await this.open(plugin);
      if (!this.options.registry.list().includes(plugin)) {
        this.links.delete(plugin.name);
        await link.close();
        throw pluginStopped(plugin.name);
      }
      await becomesReady(link, signal);
      this.unloadable.forget(plugin.name);
      return this.viewOf(link);
    } catch (error) {
      await this.uninstall(plugin);
      throw error;
    }
  }

  private async updateNow(name: string, source: string, options: UpdateOptions): Promise<UpdateReport> {
    const { registry, store, clock, retire, closing } = this.options;
    const link = this.linkOf(registry.get(name).name);
    const before = link.plugin.manifest.functions;
    const { strategy = 'overlap', force = false, shellParas = [] } = options;
    const parts = {
      link,
      registry,
      store,
      clock,
      closing,
      launch: (plugin: InstalledPlugin) => launchOptions(plugin, this.options),
    };
    const signal = this.untilClosing(options.signal);
    const report = await updatePlugin(parts, source, { strategy, force, shellParas, signal });
    await retire(before.filter((symbol) => !link.plugin.manifest.functions.includes(symbol)));
    return report;
  }

  private async uninstall(plugin: InstalledPlugin): Promise<void> {
    // Somebody else has removed it meanwhile, and its name may belong to another by now.
    if (!this.options.registry.list().includes(plugin)) return;
    const { registry, store, retire } = this.options;
    const link = this.links.get(plugin.name);
    registry.remove(plugin.name);
    this.links.delete(plugin.name);
    await retire(plugin.manifest.functions);
    await link?.close();
    await store.remove(plugin);
  }

  private async open(plugin: InstalledPlugin): Promise<PluginLink> {
    const link = new PluginLink({ ...launchOptions(plugin, this.options), ipcDir: ipcDirOf(plugin, this.options) });
    await link.open();
    this.links.set(plugin.name, link);
    return link;
  }

  /** One change of a plugin at a time. */
  private async alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.options.closing.throwIfAborted();
    if (this.busy.has(name)) throw pluginBusy(name);
    this.busy.add(name);
    try {
      return await work();
    } finally {
      this.busy.delete(name);
    }
  }

  private track<T>(work: Promise<T>): Promise<T> {
    this.work.add(work);
    const done = (): boolean => this.work.delete(work);
    work.then(done, done);
    return work;
  }

  private untilClosing(signal: AbortSignal | undefined): AbortSignal {
    const { closing } = this.options;
    return signal === undefined ? closing : AbortSignal.any([closing, signal]);
  }
}
