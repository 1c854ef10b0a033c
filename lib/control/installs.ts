import { pluginArriving, pluginExists, pluginStopped } from '../errors.js';
import type { InstalledPlugin, Staged } from '../install/install.js';
import type { PluginStore } from '../install/plugin-store.js';
import type { Registry } from '../registry/registry.js';
import type { PluginLink } from './plugin-link.js';
import type { InstallOptions } from './plugins.js';
import { becomesReady } from './readiness.js';

export interface InstallParts {
  readonly store: PluginStore;
  readonly registry: Registry;
  /** Does it while nothing else changes the plugin. */
  readonly alone: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Starts its process. */
  readonly open: (plugin: InstalledPlugin) => Promise<PluginLink>;
  /** Ends its process and deletes it. */
  readonly uninstall: (plugin: InstalledPlugin) => Promise<void>;
}

type Options = InstallOptions & { readonly signal: AbortSignal };

/** Installations that are under way. */
export class Installs {
  /** By the name of the plugin: from when that is known until it serves, or nothing of it is left. */
  private readonly arrivals = new Map<string, Arrival>();

  constructor(private readonly parts: InstallParts) {}

  get names(): readonly string[] {
    return [...this.arrivals.keys()];
  }

  has(name: string): boolean {
    return this.arrivals.has(name);
  }

  /** A plugin counts as installed once its process has shaken hands. */
  async install(source: string, options: Options): Promise<PluginLink> {
    options.signal.throwIfAborted();
    const arrival = new Arrival(options.signal);
    try {
      if (options.name !== undefined) this.claim(options.name, arrival);
      return await this.carry(source, { ...options, signal: arrival.signal }, arrival);
    } finally {
      if (this.arrivals.get(arrival.name) === arrival) this.arrivals.delete(arrival.name);
      arrival.settle();
    }
  }

  /** Takes one back; resolves when it is over, however it has ended. */
  async giveUp(name: string): Promise<void> {
    const arrival = this.arrivals.get(name);
    arrival?.quit.abort(pluginStopped(name));
    await arrival?.over;
  }

  /** Throws `ERR_PLUGIN_EXISTS`, also when that one is only coming. */
  private claim(name: string, arrival: Arrival): void {
    const { registry } = this.parts;
    if (this.arrivals.get(name) === arrival) return;
    if (this.arrivals.has(name)) throw pluginArriving(name);
    if (registry.has(name)) throw pluginExists(name, registry.get(name).dir);
    this.arrivals.set(name, arrival);
    arrival.name = name;
  }

  private async carry(source: string, options: Options, arrival: Arrival): Promise<PluginLink> {
    const { store, registry } = this.parts;
    const staged = await store.stage(source, options);
    try {
      // Its name and its symbols are its own from here on, before anything of it runs.
      this.claim(staged.name, arrival);
      registry.add(staged);
    } catch (error) {
      await store.discard(staged);
      throw error;
    }
    return this.prove(await this.place(staged, options), options.signal);
  }

  private async place(staged: Staged, options: Options): Promise<InstalledPlugin> {
    const { store, registry, alone } = this.parts;
    try {
      return await alone(staged.name, async () => {
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

  private async prove(plugin: InstalledPlugin, signal: AbortSignal): Promise<PluginLink> {
    try {
      signal.throwIfAborted();
      const link = await this.parts.open(plugin);
      await becomesReady(link, signal);
      return link;
    } catch (error) {
      await this.parts.uninstall(plugin);
      throw error;
    }
  }
}

/** One plugin that comes. */
class Arrival {
  name = '';
  readonly quit = new AbortController();
  readonly signal: AbortSignal;
  readonly over: Promise<void>;
  settle: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.quit.signal]);
    this.over = new Promise((resolve) => (this.settle = resolve));
  }
}
