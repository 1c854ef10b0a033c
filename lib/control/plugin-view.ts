import type { Observable } from 'rxjs';
import type { Manifest } from '../install/manifest.js';
import type { ProcessState } from '../process/state.js';
import type { PluginStore } from '../install/plugin-store.js';
import type { PluginLink } from './plugin-link.js';

/** A plugin of a host. */
export interface Plugin {
  readonly name: string;
  /** The folder of the version that serves. */
  readonly dir: string;
  readonly manifest: Manifest;
  readonly state: ProcessState;
  /** Where each process stands that its functions run in: first the one of `state`, which all else runs in. */
  readonly replicas: readonly ProcessState[];
  /** Hot, replays the newest: where its process stands, and why. */
  readonly state$: Observable<ProcessState>;
  /** The rules that use it now. */
  readonly usedBy: readonly string[];
  /** When this version was installed (ISO 8601, UTC); undefined when it was put into the folder by hand. */
  readonly installedAt: string | undefined;
  /** The zip or folder that it was installed from. */
  readonly source: string | undefined;
  /** SHA-256 of that zip, in hex. */
  readonly sha256: string | undefined;
  /** Files that were not as installed when its process was last started, by their paths in `dir`; see `verify`. */
  readonly changed: readonly string[];
}

export const viewOf = (link: PluginLink, store: PluginStore): Plugin => ({
  name: link.name,
  state$: link.state$,
  get dir() {
    return link.plugin.dir;
  },
  get manifest() {
    return link.plugin.manifest;
  },
  get state() {
    return link.state;
  },
  get replicas() {
    return [link.state, ...link.others.states];
  },
  get usedBy() {
    return link.usedBy;
  },
  get installedAt() {
    return store.entryOf(link.plugin)?.installedAt;
  },
  get source() {
    return store.entryOf(link.plugin)?.source;
  },
  get sha256() {
    return store.entryOf(link.plugin)?.sha256;
  },
  get changed() {
    return store.integrity.changed(link.plugin);
  },
});
