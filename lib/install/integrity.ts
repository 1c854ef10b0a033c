import { type ChangedFiles, pluginChanged } from '../errors.js';
import type { Logger } from '../log.js';
import { compare, differs, type HashFile, namesOf } from './fingerprint.js';
import type { InstalledPlugin } from './installed-plugin.js';
import type { LockEntry } from './lock-file.js';

/** `off`: nobody looks; `warn`: what differs is told; `enforce`: it is not started. */
export type Verify = 'off' | 'warn' | 'enforce';

/**
 * Compares the files of plugins with what was installed, before they are started.
 *
 * A plugin may write into its own folder, where it runs: `warn` tells of what has changed or gone, not of what has come,
 * and not of the caches that Python writes. `enforce` takes every difference, also a file beside others, which a program
 * could load in the place of the right one; there Python is told to write no caches.
 */
export class Integrity {
  private readonly found = new Map<string, readonly string[]>();
  private readonly looking = new Map<string, Promise<ChangedFiles>>();
  /** Folders that were looked at, or filled, right before their first start. */
  private readonly fresh = new Set<string>();

  constructor(
    private readonly options: {
      readonly verify: Verify;
      readonly log: Logger;
      readonly entryOf: (plugin: InstalledPlugin) => LockEntry | undefined;
      /** Where it only tells, it is told what is known of a file; what is enforced, is read. */
      readonly hash?: HashFile;
      /** Aborted when the host stops. */
      readonly closing: AbortSignal;
    },
  ) {}

  get enforced(): boolean {
    return this.options.verify === 'enforce';
  }

  /** The next start needs no look. */
  trust({ dir }: InstalledPlugin): void {
    this.fresh.add(dir);
  }

  forget({ dir }: Pick<InstalledPlugin, 'dir'>): void {
    this.fresh.delete(dir);
    this.found.delete(dir);
  }

  /** The files of a plugin that were not as installed when it was last looked at, by their paths in its folder. */
  changed({ dir }: InstalledPlugin): readonly string[] {
    return this.found.get(dir) ?? [];
  }

  /** Before a start that can wait: rejects with `ERR_PLUGIN_CHANGED`. */
  async demand(plugin: InstalledPlugin): Promise<void> {
    if (!this.enforced || this.fresh.delete(plugin.dir)) return;
    const files = await this.look(plugin);
    if (differs(files)) throw pluginChanged(plugin.name, plugin.dir, files);
  }

  /** Beside a start that does not wait: tells once of what it finds. */
  async tell(plugin: InstalledPlugin): Promise<void> {
    const { verify, log, closing, entryOf } = this.options;
    if (verify !== 'warn' || this.fresh.delete(plugin.dir)) return;
    const before = this.changed(plugin);
    const entry = entryOf(plugin);
    const files = await this.look(plugin);
    // It may have been replaced or removed meanwhile.
    if (closing.aborted || entryOf(plugin) !== entry || !differs(files)) return;
    if (namesOf(files).join('\n') === before.join('\n')) return;
    const { code, message } = pluginChanged(plugin.name, plugin.dir, files);
    log.warn({ plugin: plugin.name, code }, message);
  }

  private look(plugin: InstalledPlugin): Promise<ChangedFiles> {
    const { dir } = plugin;
    const running = this.looking.get(dir) ?? this.compare(plugin).finally(() => this.looking.delete(dir));
    this.looking.set(dir, running);
    return running;
  }

  private async compare(plugin: InstalledPlugin): Promise<ChangedFiles> {
    const entry = this.options.entryOf(plugin);
    if (entry === undefined) return { changed: [], missing: [], added: [] };
    const { closing: signal, hash } = this.options;
    const options = this.enforced ? { strict: true, signal } : { strict: false, signal, hash };
    const files = await compare(entry.files, plugin.dir, options);
    if (this.options.entryOf(plugin) === entry) this.found.set(plugin.dir, namesOf(files));
    return files;
  }
}
