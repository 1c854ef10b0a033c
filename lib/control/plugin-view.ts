import type { Observable } from 'rxjs';
import type { Manifest } from '../install/manifest.js';
import type { PluginStore } from '../install/plugin-store.js';
import type { ProcessState } from '../process/state.js';
import { ackPath, controlPath, dataPath, functionPath } from '../wire/address.js';
import type { SymbolKind } from '../wire/names.js';
import { usersOf } from './instance.js';
import type { PluginFault, PluginLine } from './journal.js';
import type { PluginLink } from './plugin-link.js';
import type { UpdateReport } from './update-report.js';

/** A symbol of a plugin that runs, or is to run, for a rule. */
export interface RunningSymbol {
  readonly kind: SymbolKind;
  readonly symbol: string;
  /** `host` for one that is used outside a rule. */
  readonly ruleId: string;
}

/** A socket between the host and a plugin. */
export interface PluginChannel {
  readonly kind: 'control' | 'ack' | SymbolKind;
  /** None for the control channel. */
  readonly symbol?: string;
  /** `ipc:///tmp/plugin_mirror.ipc` */
  readonly url: string;
}

/** A plugin of a host. */
export interface Plugin {
  readonly name: string;
  /** The folder of the version that serves. */
  readonly dir: string;
  readonly manifest: Manifest;
  readonly state: ProcessState;
  /**
   * Where each process stands that its functions run in: first the one of `state`, which all else runs in. While an update
   * replaces the others, those of the old version in their places, and at the end the new ones that have begun to come.
   */
  readonly replicas: readonly ProcessState[];
  /** Hot, replays the newest: where its process stands, and why. */
  readonly state$: Observable<ProcessState>;
  /** Of its process, while that is ready. */
  readonly pid: number | undefined;
  /** How often a process of it was started again after it had died, since the host started. */
  readonly restarts: number;
  /** Why its processes ended, oldest first: the last 10. */
  readonly lastErrors: readonly PluginFault[];
  /** What the last update has cost; undefined when there was none since the host started. */
  readonly lastUpdate: UpdateReport | undefined;
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
  /** What rules use of it now, each symbol as often as a rule has it. */
  readonly symbols: readonly RunningSymbol[];
  /** The sockets that are open for it. */
  readonly channels: readonly PluginChannel[];
  /**
   * What it has written, oldest first: the last 1,000 lines, half a million characters at most. Of a process that prints more
   * than 1,000 lines a second for long, a line says how much is left out there.
   */
  logs(): readonly PluginLine[];
  /** Hot: each line as it is written; completes when the plugin is removed, or its host has stopped. */
  readonly logs$: Observable<PluginLine>;
}

const KIND = { source: 'source', sink: 'sink', func: 'function' } as const;

export const viewOf = (link: PluginLink, store: PluginStore): Plugin => ({
  name: link.name,
  state$: link.state$,
  logs$: link.journal.line$,
  logs: () => link.journal.logs(),
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
  get pid() {
    return link.state.phase === 'ready' ? link.state.pid : undefined;
  },
  get restarts() {
    return link.journal.restarts;
  },
  get lastErrors() {
    return link.journal.lastErrors;
  },
  get lastUpdate() {
    return link.journal.lastUpdate;
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
  get symbols() {
    return link.running.flatMap((instance) => {
      const { pluginType, symbolName: symbol } = instance.control;
      return usersOf(instance).map((ruleId) => ({ kind: KIND[pluginType], symbol, ruleId }));
    });
  },
  get channels() {
    return channelsOf(link);
  },
});

function channelsOf({ name, ipcDir, running }: PluginLink): readonly PluginChannel[] {
  const urlOf = (path: string): string => `ipc://${path}`;
  const open = running.flatMap<PluginChannel>(({ control: { pluginType, symbolName: symbol, meta } }) => {
    const kind = KIND[pluginType];
    if (kind === 'function') return [{ kind, symbol, url: urlOf(functionPath(ipcDir, symbol)) }];
    const data = { kind, symbol, url: urlOf(dataPath(ipcDir, meta)) };
    return kind === 'source' ? [data] : [data, { kind: 'ack', symbol, url: urlOf(ackPath(ipcDir, meta)) }];
  });
  return [{ kind: 'control', url: urlOf(controlPath(ipcDir, name)) }, ...open];
}
