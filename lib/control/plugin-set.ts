import type { Observable } from 'rxjs';
import { pluginBusy, pluginInUse, pluginUnloaded, type RxportError } from '../errors.js';
import type { InstalledPlugin } from '../install/install.js';
import type { Registry } from '../registry/registry.js';
import type { SymbolKind } from '../wire/names.js';
import { BrokenPlugins } from './broken-plugins.js';
import { Changes } from './changes.js';
import { Installs } from './installs.js';
import { ipcDirOf, type LaunchOptions, launchOptions } from './launch.js';
import { type PluginEvent, PluginEvents } from './plugin-events.js';
import { PluginLink } from './plugin-link.js';
import { type Plugin, viewOf } from './plugin-view.js';
import type { BrokenPlugin, InstallOptions, Plugins, RemoveOptions } from './plugins.js';
import { becomesReady } from './readiness.js';
import { type RepairOptions, repairPlugin } from './repair.js';
import { type UpdateOptions, updatePlugin } from './update.js';
import type { UpdateReport } from './update-report.js';

export interface PluginSetOptions extends LaunchOptions {
  readonly registry: Registry;
  /** These functions are about to go: closes their channels. */
  readonly retire: (functions: readonly string[]) => Promise<void>;
}

export class PluginSet implements Plugins {
  private readonly links = new Map<string, PluginLink>();
  private readonly unloadable: BrokenPlugins;
  private readonly changes: Changes;
  private readonly installs: Installs;
  private readonly events: PluginEvents;
  readonly events$: Observable<PluginEvent>;

  constructor(private readonly options: PluginSetOptions) {
    const { store, registry, clock, log, closing } = options;
    this.events = new PluginEvents(clock, log);
    this.events$ = this.events.event$;
    this.changes = new Changes(closing);
    this.unloadable = new BrokenPlugins(store, log);
    this.installs = new Installs({
      store,
      registry,
      alone: (name, work) => this.changes.alone(name, work),
      open: (plugin) => this.open(plugin),
      uninstall: (plugin) => this.uninstall(plugin),
    });
  }

  /** Loads and starts what the data folder holds; a plugin that is broken or can not be opened stops nobody. */
  async autoload(): Promise<void> {
    const { store, registry } = this.options;
    for (const found of await store.open()) {
      if ('error' in found) {
        this.unloadable.add(found);
        continue;
      }
      const { dir, plugin } = found;
      try {
        registry.add(plugin);
        await store.integrity.demand(plugin);
        await this.open(plugin);
      } catch (error) {
        this.unloadable.add({ dir, error: error as RxportError, manifest: plugin.manifest });
        registry.remove(plugin.name);
      }
    }
    this.unloadable.tell();
  }

  install(source: string, options: InstallOptions = {}): Promise<Plugin> {
    return this.changes.track(this.installNow(source, options));
  }

  update(name: string, source: string, options: UpdateOptions = {}): Promise<UpdateReport> {
    return this.change(name, async () => {
      const report = await this.updateNow(name, source, options);
      this.links.get(name)?.journal.updated(report);
      this.events.tell(name, { type: 'updated', report });
      return report;
    });
  }

  remove(name: string, options: RemoveOptions = {}): Promise<void> {
    return this.changes.track(this.removeNow(name, options));
  }

  start(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return this.change(name, async () => {
      signal?.throwIfAborted();
      const link = this.loadedLink(name);
      link.start();
      await becomesReady(link, this.changes.until(signal));
    });
  }

  stop(name: string): Promise<void> {
    return this.change(name, () => this.loadedLink(name).stop());
  }

  has(name: string): boolean {
    return this.links.has(name);
  }

  get(name: string): Plugin {
    return this.viewOf(this.linkOf(name));
  }

  list(): readonly Plugin[] {
    return [...this.links.values()].map((link) => this.viewOf(link));
  }

  installing(): readonly string[] {
    return this.installs.names;
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
    await this.changes.settled();
    await Promise.all([...this.links.values()].map((link) => link.close()));
    this.links.clear();
    this.events.close();
  }

  private linkOf(name: string): PluginLink {
    this.options.closing.throwIfAborted();
    const link = this.links.get(name);
    if (link !== undefined) return link;
    // Throws for one that nobody knows.
    if (!this.installs.has(name)) this.options.registry.get(name);
    throw pluginBusy(name);
  }

  /** As `linkOf`, and says of a broken one why it is that. */
  private loadedLink(name: string): PluginLink {
    const broken = this.has(name) ? undefined : this.unloadable.find(name);
    if (broken !== undefined) throw pluginUnloaded(name, broken.error);
    return this.linkOf(name);
  }

  private viewOf(link: PluginLink): Plugin {
    return viewOf(link, this.options.store);
  }

  private async installNow(source: string, options: InstallOptions): Promise<Plugin> {
    const link = await this.installs.install(source, { ...options, signal: this.changes.until(options.signal) });
    this.unloadable.forget(link.name);
    this.events.tell(link.name, { type: 'installed' });
    return this.viewOf(link);
  }

  /** One that is only coming is taken back. */
  private async removeNow(name: string, { force = false, signal }: RemoveOptions): Promise<void> {
    this.options.closing.throwIfAborted();
    signal?.throwIfAborted();
    const checkUnused = (): void => {
      const { usedBy = [] } = this.links.get(name) ?? {};
      if (usedBy.length > 0 && !force) throw pluginInUse(name, usedBy);
    };
    if (this.installs.has(name)) {
      checkUnused();
      await this.installs.giveUp(name);
      // What had come already goes as any other; an older folder of its name that is broken is not what was meant.
      if (!this.has(name)) return;
    }
    await this.changes.alone(name, async () => {
      if (!this.has(name) && (await this.unloadable.remove(name))) return this.events.tell(name, { type: 'removed' });
      const plugin = this.options.registry.get(name);
      checkUnused();
      await this.uninstall(plugin);
    });
  }

  private async updateNow(name: string, source: string, options: UpdateOptions): Promise<UpdateReport> {
    const { registry, store, clock, retire, closing } = this.options;
    const { strategy = 'overlap', force = false } = options;
    const signal = this.changes.until(options.signal);
    const broken = this.has(name) ? undefined : this.unloadable.find(name);
    if (broken !== undefined) return this.repair(broken, source, { ...options, signal });
    const link = this.linkOf(name);
    const launch = (plugin: InstalledPlugin) => launchOptions(plugin, this.options);
    const ipcDir = (plugin: InstalledPlugin): string => ipcDirOf(plugin, this.options);
    const parts = { link, registry, store, clock, closing, retire, launch, ipcDir };
    return updatePlugin(parts, source, { ...options, strategy, force, signal });
  }

  private async repair(broken: BrokenPlugin, source: string, options: RepairOptions): Promise<UpdateReport> {
    const { registry, store, clock } = this.options;
    const parts = {
      registry,
      store,
      clock,
      open: (plugin: InstalledPlugin) => this.open(plugin),
      close: (plugin: InstalledPlugin) => this.shut(plugin),
    };
    const report = await repairPlugin(parts, broken, source, options);
    this.unloadable.forget(report.name);
    return report;
  }

  private async uninstall(plugin: InstalledPlugin): Promise<void> {
    // Somebody else has removed it meanwhile, and its name may belong to another by now.
    if (!this.options.registry.list().includes(plugin)) return;
    await this.shut(plugin);
    await this.unloadable.bury(plugin);
  }

  /** Nobody finds it any more, and its process ends. */
  private async shut({ name, manifest }: InstalledPlugin): Promise<void> {
    const { registry, retire } = this.options;
    const link = this.links.get(name);
    registry.remove(name);
    this.links.delete(name);
    await retire(manifest.functions);
    await link?.close();
    this.events.tell(name, { type: 'removed' });
  }

  private async open(plugin: InstalledPlugin): Promise<PluginLink> {
    const link = new PluginLink({ ...launchOptions(plugin, this.options), ipcDir: ipcDirOf(plugin, this.options) });
    this.events.follow(link);
    await link.open();
    this.links.set(plugin.name, link);
    return link;
  }

  /** A change of one that is not on its way: until its process has come, only its installation changes it. */
  private change<T>(name: string, work: () => Promise<T>): Promise<T> {
    const alone = this.changes.alone(name, async () => {
      if (this.installs.has(name)) throw pluginBusy(name);
      return work();
    });
    return this.changes.track(alone);
  }
}
