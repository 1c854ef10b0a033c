import { basename, join } from 'node:path';
import { type Clock, dateOf } from '../clock.js';
import { notRemoved, RxportError } from '../errors.js';
import type { Logger } from '../log.js';
import type { RunCommand } from './command.js';
import { isInside } from './copy-folder.js';
import { Environments } from './environments.js';
import { compare, fingerprint, namesOf } from './fingerprint.js';
import {
  commit,
  discard,
  dropVersion,
  inspectAgain,
  type InstalledPlugin,
  keepVersion,
  loadAll,
  type Loaded,
  placeVersion,
  type PluginFolders,
  remove,
  stage,
  type Staged,
  tidyVersions,
} from './install.js';
import { runInstallScript } from './install-script.js';
import { installing } from './installing.js';
import { Integrity, type Verify } from './integrity.js';
import { KnownHashes } from './known-hashes.js';
import { isAbsent } from './list-folder.js';
import { type LockEntry, LockFile } from './lock-file.js';
import { removeOrTell } from './remove-tree.js';
import { type IsOfPackage, ofPackage } from './requirements.js';
import { type ZipLimits, zipLimits } from './zip-entries.js';

export interface StoreOptions {
  readonly folders: PluginFolders;
  readonly clock: Clock;
  readonly log: Logger;
  readonly run: RunCommand;
  readonly settings: StoreSettings;
  /** Aborted when the host stops. */
  readonly closing: AbortSignal;
}

interface StoreSettings {
  readonly allowScripts?: boolean;
  readonly scriptTimeout?: number;
  readonly verify?: Verify;
  readonly pythonBin?: string;
  readonly uvBin?: string;
  readonly zipLimits?: Partial<ZipLimits>;
}

export interface InstallOptions {
  /** The name that the plugin must have; default whatever name it has. */
  readonly name?: string | undefined;
  /** Arguments of its `install.sh`. */
  readonly shellParas?: readonly string[] | undefined;
  /** Where its source has come from; default its source. */
  readonly origin?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SCRIPT_TIMEOUT = 120_000;

/** The plugins of a data folder: what comes in, stays, and goes; what of it is written down; and what it needs to run. */
export class PluginStore {
  readonly integrity: Integrity;
  readonly environments: Environments;
  private lock: LockFile;
  /** By the folder of a version: two of a plugin live during an update. */
  private readonly entries = new Map<string, LockEntry>();

  constructor(private readonly options: StoreOptions) {
    const { folders, settings, run, clock, log, closing } = options;
    const { verify = 'warn', pythonBin, uvBin, scriptTimeout: timeout = SCRIPT_TIMEOUT } = settings;
    const entryOf = (plugin: InstalledPlugin): LockEntry | undefined => this.entryOf(plugin);
    this.lock = new LockFile(folders.lockFile, folders.staging);
    const hash = new KnownHashes(clock).of;
    this.integrity = new Integrity({ verify, log, entryOf, hash, closing });
    const isOfPackage = (plugin: InstalledPlugin): IsOfPackage | undefined =>
      ofPackage(this.entryOf(plugin)?.files, isInside(folders.staging, plugin.dir));
    const envs = { folder: folders.environments, run, pythonBin, uvBin, timeout, hash, isOfPackage, closing };
    this.environments = new Environments(envs);
  }

  /**
   * Finishes or takes back what a host that died has left, and finds every plugin; a broken one comes as its error. Only
   * for the owner of the data folder. Rejects with `ERR_CONFIG_INVALID` when the lock file is broken and enforced,
   * and with `ERR_DATA_FOLDER`.
   */
  async open(): Promise<readonly Loaded[]> {
    const { folders, log } = this.options;
    const drop = (path: string): Promise<void> => removeOrTell(path, log);
    await tidyVersions(folders, drop);
    // What an interrupted install, update or remove has left.
    await drop(folders.staging);
    this.lock = await this.readLock();
    const found = await loadAll([folders.portables, folders.portable]);
    const plugins = found.flatMap((one) => ('plugin' in one ? [one.plugin] : []));
    for (const plugin of plugins) await this.recognize(plugin);
    await this.forgetGone();
    await this.environments.tidy(plugins, drop);
    return found;
  }

  /** What is written down of a version; nothing of what was put there by hand. */
  entryOf({ dir }: InstalledPlugin): LockEntry | undefined {
    return this.entries.get(dir);
  }

  async stage(source: string, { name, origin, signal }: InstallOptions = {}): Promise<Staged> {
    const { folders, settings } = this.options;
    const staged = await stage(source, folders.staging, { name, limits: zipLimits(settings.zipLimits), signal });
    return { ...staged, origin };
  }

  /**
   * What has to be done in a staged plugin before it can run: its script, its environment. Rejects with
   * `ERR_SCRIPT_REFUSED`, `ERR_SCRIPT_FAILED`, `ERR_ENVIRONMENT`, `ERR_DATA_FOLDER`, and with what a script has made of it.
   */
  prepare(staged: Staged, { shellParas, signal }: InstallOptions = {}): Promise<Staged> {
    const { settings, run } = this.options;
    const { allowScripts: allowed = false, scriptTimeout: timeout = SCRIPT_TIMEOUT } = settings;
    return installing(staged.source, async () => {
      const hasRun = await runInstallScript(staged, { allowed, shellParas, run, timeout, signal });
      const ready = hasRun ? await inspectAgain(staged) : staged;
      const environment = await this.environments.ensure(ready, signal);
      const isRead = ready.files !== undefined && !hasRun && environment === undefined;
      return isRead ? ready : { ...ready, files: await fingerprint(ready.dir, signal) };
    });
  }

  /** Never rejects: why it is given up matters more, and what stays the next start of a host deletes. */
  async discard(staged: Staged): Promise<void> {
    await discard(staged).catch(() => undefined);
  }

  /** Rejects with `ERR_PLUGIN_EXISTS` and `ERR_DATA_FOLDER`. */
  commit(staged: Staged): Promise<InstalledPlugin> {
    const entry = this.newEntry(staged);
    return installing(staged.source, async () => {
      // First the note: one of a plugin that never came is dropped, but a plugin without one would stay so.
      await this.lock.announce(staged.name, entry);
      const plugin = await commit(staged, this.options.folders.portables).catch(async (error: unknown) => {
        await this.lock.withdraw(staged.name).catch(() => undefined);
        throw error;
      });
      await this.lock.settle(staged.name).catch(() => undefined);
      return this.remember(plugin, entry);
    });
  }

  /** A version in a folder that it keeps, where it may be started. Rejects with `ERR_DATA_FOLDER`. */
  async keep(staged: Staged, home: string): Promise<InstalledPlugin> {
    const version = await installing(staged.source, () => keepVersion(staged, this.options.folders, home));
    return this.remember(version, this.newEntry(staged));
  }

  /** Puts a kept version in the place of the one before. Rejects with `ERR_PLUGIN_MISPLACED` and `ERR_DATA_FOLDER`. */
  place(version: InstalledPlugin): Promise<void> {
    const entry = this.entryOf(version);
    return installing(entry?.source ?? version.dir, async () => {
      if (entry !== undefined) await this.lock.announce(version.name, entry);
      try {
        await placeVersion(version);
      } catch (error) {
        const isLost = error instanceof RxportError && error.code === 'ERR_PLUGIN_MISPLACED';
        // Where the files end up then, only the next start of a host knows.
        if (!isLost) await this.lock.withdraw(version.name).catch(() => undefined);
        throw error;
      }
      // It is in its place: what is written down too much the next start finds.
      await this.lock.settle(version.name).catch(() => undefined);
    });
  }

  /** Forgets a version that serves no more. What can not be deleted now, the next start of a host does. */
  async drop(version: Pick<InstalledPlugin, 'dir'>): Promise<void> {
    this.forget(version);
    await dropVersion(version, this.options.folders).catch(() => undefined);
  }

  /** Rejects with `ERR_DATA_FOLDER`, and then has removed nothing. */
  async remove(plugin: InstalledPlugin): Promise<void> {
    await this.removeHome(plugin.home);
    this.forget(plugin);
  }

  /** Deletes what should be a plugin and can not be loaded, or moved. Rejects as `remove` does. */
  async removeHome(home: string): Promise<void> {
    const name = basename(home);
    await remove({ name, home }, this.options.folders).catch((cause: unknown) => {
      throw notRemoved(name, home, cause);
    });
    // An entry too many is dropped by the next start of a host.
    await this.lock.drop(name).catch(() => undefined);
  }

  private newEntry({ manifest: { version }, source, origin, sha256, files = new Map() }: Staged): LockEntry {
    const installedAt = new Date(dateOf(this.options.clock)).toISOString();
    return { version, source: origin ?? source, installedAt, ...(sha256 !== undefined && { sha256 }), files };
  }

  private remember(plugin: InstalledPlugin, entry: LockEntry): InstalledPlugin {
    this.entries.set(plugin.dir, entry);
    this.integrity.trust(plugin);
    return plugin;
  }

  private forget(plugin: Pick<InstalledPlugin, 'dir'>): void {
    this.entries.delete(plugin.dir);
    this.integrity.forget(plugin);
  }

  /** Without it plugins can run, and not be compared. */
  private async readLock(): Promise<LockFile> {
    const { folders, log } = this.options;
    try {
      return await LockFile.read(folders.lockFile, folders.staging);
    } catch (error) {
      if (this.integrity.enforced) throw error;
      log.warn({ file: folders.lockFile }, (error as RxportError).message);
      return new LockFile(folders.lockFile, folders.staging);
    }
  }

  /** Of two entries the one that its files are: a host has died while one version took the place of another. */
  private async recognize(plugin: InstalledPlugin): Promise<void> {
    const { dir, name } = plugin;
    const candidates = this.lock.candidates(name);
    const [first, ...others] = candidates;
    if (first === undefined) return;
    let [best, least] = [first, Infinity];
    for (const entry of others.length === 0 ? [] : candidates) {
      const count = namesOf(await compare(entry.files, dir, { strict: true })).length;
      if (count < least) [best, least] = [entry, count];
    }
    if (others.length > 0 || best !== this.lock.current(name)) await this.lock.settle(name, best);
    this.entries.set(dir, best);
  }

  private async forgetGone(): Promise<void> {
    const { portables, portable } = this.options.folders;
    for (const name of this.lock.names) {
      const gone = await Promise.all([portables, portable].map((folder) => isAbsent(join(folder, name))));
      if (!gone.includes(false)) await this.lock.drop(name);
    }
  }
}
