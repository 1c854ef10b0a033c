import type { Observable } from 'rxjs';
import type { RxportError } from '../errors.js';
import type { Manifest } from '../install/manifest.js';
import type { PluginEvent } from './plugin-events.js';
import type { Plugin } from './plugin-view.js';
import type { UpdateOptions } from './update.js';
import type { UpdateReport } from './update-report.js';

export interface BrokenPlugin {
  readonly dir: string;
  readonly error: RxportError;
  /** Where that can be read: something else is wrong. */
  readonly manifest?: Manifest | undefined;
}

export interface RemoveOptions {
  /** Also when rules use it: they fail. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

export interface InstallOptions {
  /** The name that the plugin must have, else `ERR_PLUGIN_MISMATCH`; default whatever name it has. */
  readonly name?: string;
  /** Arguments of the `install.sh` that it brings, if it does. */
  readonly shellParas?: readonly string[] | undefined;
  /**
   * Where the source has come from, for the lock file: of a download its address, without user, password and query
   * values. Default the source.
   */
  readonly origin?: string | undefined;
  readonly signal?: AbortSignal;
}

/** The plugins of a host. */
export interface Plugins {
  /**
   * Installs a zip or a folder and starts its process; resolves when that has shaken hands. What fails leaves nothing
   * behind. Rejects with `ERR_INSTALL_NOT_FOUND`, `ERR_ZIP_*`, `ERR_MANIFEST_*`, `ERR_PLUGIN_*`, `ERR_SYMBOL_TAKEN`,
   * `ERR_SCRIPT_*`, `ERR_ENVIRONMENT`. Until then it can not be updated, and a removal takes it back
   * (`ERR_PLUGIN_STOPPED`).
   */
  install(source: string, options?: InstallOptions): Promise<Plugin>;
  /**
   * Hot update: another version, from a zip or a folder, takes the place of the one that serves, and rules go on. Resolves
   * when the old process is gone. One that dies meanwhile is started again only when the update is taken back.
   * Replicas follow one by one behind the first process, answer calls until one of the new version does, and are gone as
   * well then; a new one that does not come takes nothing back.
   *
   * Rejects, with the old version still serving: `ERR_PLUGIN_UNKNOWN`, `ERR_PLUGIN_BUSY`, `ERR_PLUGIN_MISMATCH` (also from
   * `node` to another language, or back: remove it, then install the new one), `ERR_SYMBOL_IN_USE`, `ERR_SYMBOL_TAKEN`,
   * `ERR_INSTALL_NOT_FOUND`, `ERR_ZIP_*`, `ERR_MANIFEST_*`, `ERR_SCRIPT_*`, `ERR_ENVIRONMENT`, `ERR_PLUGIN_*` when the new
   * process does not come, `ERR_SYMBOL_REFUSED` when it does not start what the old one ran.
   *
   * One that is broken is put right by this: it stays as it is, and listed, until the process of the new version has shaken
   * hands. `from` of the report is empty where its version could not be read.
   */
  update(name: string, source: string, options?: UpdateOptions): Promise<UpdateReport>;
  /**
   * Stops and deletes a plugin, or the folder of one that can not be loaded; takes back one that is being installed.
   * Rejects with `ERR_PLUGIN_UNKNOWN`, `ERR_PLUGIN_BUSY`, with `ERR_PLUGIN_IN_USE` unless forced, and with the reason of a
   * signal that is aborted already: what has begun is carried out. `ERR_DATA_FOLDER`: it has ended, its files are still there,
   * and it is in `broken()`.
   */
  remove(name: string, options?: RemoveOptions): Promise<void>;
  /**
   * Starts a plugin that has failed or was stopped, and one that waits for its next try at once; resolves when it has
   * shaken hands, at once for one that runs. Rejects with `ERR_PLUGIN_UNKNOWN`, `ERR_PLUGIN_BUSY` (also until its installation
   * is over), with why it is broken, and with why its process did not come: it is then tried again as after a crash.
   */
  start(name: string, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /**
   * Ends the processes of a plugin until `start`; resolves when they are gone. Before that calls come back, sources are
   * told to stop and read out, and sinks have read what they were sent, as in an update with `replace`. What rules have in
   * it then waits: a source is silent, a sink queues, calls wait. Rejects as `start`, but for its process.
   */
  stop(name: string): Promise<void>;
  /** Whether `get` answers: from when the process of a plugin is started, to its removal. */
  has(name: string): boolean;
  /** Throws `ERR_PLUGIN_UNKNOWN`, and `ERR_PLUGIN_BUSY` for one that is only being unpacked and prepared. */
  get(name: string): Plugin;
  list(): readonly Plugin[];
  /** The names of those that are being installed: from when they are known until the process has shaken hands. */
  installing(): readonly string[];
  /** Folders that hold no plugin that can be loaded, and why. */
  broken(): readonly BrokenPlugin[];
  /**
   * Hot: what happens to the plugins from now on; what was before, `list` tells. Never errors, completes when the host has
   * stopped. What a subscriber throws is logged.
   */
  readonly events$: Observable<PluginEvent>;
}
