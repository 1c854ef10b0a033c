import { basename } from 'node:path';
import type { RxportError } from '../errors.js';
import type { InstalledPlugin } from '../install/install.js';
import type { PluginStore } from '../install/plugin-store.js';
import type { Logger } from '../log.js';
import type { BrokenPlugin } from './plugins.js';

/** Folders of a data folder that hold no plugin that can be loaded. */
export class BrokenPlugins {
  private all: readonly BrokenPlugin[] = [];

  constructor(
    private readonly store: Pick<PluginStore, 'remove' | 'removeHome'>,
    private readonly log: Logger,
  ) {}

  add(broken: BrokenPlugin): void {
    this.all = [...this.all, broken];
  }

  /** Says of each in the log why it is one. */
  tell(): void {
    for (const { dir, error } of this.all) this.log.error({ dir, code: error.code }, `not loaded: ${error.message}`);
  }

  list(): readonly BrokenPlugin[] {
    return this.all;
  }

  /** The one whose folder would be the plugin `name`. */
  find(name: string): BrokenPlugin | undefined {
    return this.all.find(({ dir }) => basename(dir) === name);
  }

  /** Deletes the folder that would be the plugin `name`; false when there is none. */
  async remove(name: string): Promise<boolean> {
    const found = this.find(name);
    if (found === undefined) return false;
    await this.store.removeHome(found.dir);
    this.forget(name);
    return true;
  }

  /** Deletes a plugin that nobody finds any more; where its files stay, whoever wants it gone finds it here. */
  async bury(plugin: InstalledPlugin): Promise<void> {
    try {
      await this.store.remove(plugin);
    } catch (error) {
      this.add({ dir: plugin.home, error: error as RxportError, manifest: plugin.manifest });
      throw error;
    }
  }

  /** A plugin of that name can be loaded now. */
  forget(name: string): void {
    this.all = this.all.filter(({ dir }) => basename(dir) !== name);
  }
}
