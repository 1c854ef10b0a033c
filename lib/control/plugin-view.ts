import type { Observable } from 'rxjs';
import type { Manifest } from '../install/manifest.js';
import type { ProcessState } from '../process/state.js';
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
}

export const viewOf = (link: PluginLink): Plugin => ({
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
});
