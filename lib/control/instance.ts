import { type RxportError, symbolRemoved } from '../errors.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import type { Control, PluginType, Verb } from '../wire/control.js';
import type { PeerInfo } from '../wire/handshake.js';

/** One process of a plugin, as what runs in it sees it. */
export interface Runner {
  readonly plugin: InstalledPlugin;
  /** True once it has shaken hands, until it is gone. */
  readonly ready: boolean;
  /** Of its process, once that has shaken hands. */
  readonly pid?: number | undefined;
  /** Which of the processes of its plugin it is, 0 the first one: who takes its place is the same one. */
  readonly place?: number;
  /** Largest payload that it takes, in bytes; undefined when only our own limit holds. */
  readonly maxSend?: number | undefined;
  /** What it said of itself when it shook hands. */
  readonly info: PeerInfo | undefined;
  /**
   * Rejects with `ERR_SYMBOL_REFUSED`, `ERR_COMMAND_TIMEOUT`, `ERR_COMMAND_LOST`. `shared`: something else is at work in
   * the process, now.
   */
  command(verb: Verb, control: Control, shared?: () => boolean): Promise<void>;
}

/** One running symbol of one rule (or one function), as its plugin's process sees it. */
export interface Instance {
  /** Names it, and is what STOP says. */
  readonly control: Control;
  /** What START says to a process of `plugin`, where its configuration depends on that; default `control`. */
  controlFor?(plugin: InstalledPlugin): Control;
  /** The rules that share it; an instance of one rule names that in its meta. */
  users?(): readonly string[];
  /** A call of it is out in that process. */
  atWork?(runner: Runner): boolean;
  /** START is about to be sent. */
  starting?(runner: Runner): void;
  /** The process has answered `ok` to START: again after each replay. */
  started(): void;
  /** The process has refused START. */
  refused(error: RxportError): void;
  /** The process that ran it is gone; START follows by itself when the next one is ready. */
  lost(): void;
  /** How it changes processes while both live; default: `stop`, then `start`. `started` follows by itself. */
  move?(steps: MoveSteps): Promise<Moved>;
  /** Instead of `move` for what runs in both processes for a while. */
  readonly handOver?: HandOver;
  /** Of what runs in several processes for good. */
  readonly crew?: Crew;
}

export interface MoveSteps {
  /** STOP in the process that runs it; resolves with whether that has answered, never rejects. May be called again. */
  readonly stop: () => Promise<boolean>;
  /** START in the other one. Rejects when that refuses. */
  readonly start: () => Promise<void>;
}

/** What a move has cost. */
export interface Moved {
  /** Milliseconds in which it ran nowhere. */
  readonly gap: number;
  /** Values that wait to be sent. */
  readonly queued: number;
}

/** The channel of a function, while two versions of its plugin are connected to it. */
export interface HandOver {
  /** Who connects from now on gets no call until `cutOver`. */
  hold(): void;
  /** Resolves when somebody who gets none yet has shaken hands. Rejects with `ERR_CHANNEL_DIAL`. */
  arrived(): Promise<void>;
  /**
   * Calls go to the newcomers, and as before to the processes in `staying`; resolves with how many the others had out, when
   * those are answered.
   */
  cutOver(staying?: readonly Runner[]): Promise<number>;
  /**
   * Calls go to those who had them before `hold`, `former` among them, and to nobody else; resolves when the newcomers have
   * answered theirs.
   */
  cutBack(former?: readonly Runner[]): Promise<void>;
  /** The newcomers are gone: who is connected is of the version that serves. */
  settle(): void;
}

/** The channel of a function that several processes answer. */
export interface Crew {
  /**
   * Resolves when a process that has accepted START is connected, or gone; with after how many milliseconds, when it is not
   * within `timeout`, default 5,000.
   */
  missing(runner: Runner, timeout?: number): Promise<number | undefined>;
  /** A process has been connected since it was told START, and is no longer. */
  cameAndWent(runner: Runner): boolean;
  /** A process that lives has lost its connection, and is told START again before long. */
  comesBack(runner: Runner): boolean;
  /** A process gets no more calls; resolves when it has answered those that it had. */
  dismiss(runner: Runner): Promise<void>;
}

const KIND = { source: 'sources', sink: 'sinks', func: 'functions' } as const satisfies Record<PluginType, string>;

/** True when that version of the plugin does not have the symbol. */
export const lacks = ({ manifest }: InstalledPlugin, { control }: Instance): boolean =>
  !manifest[KIND[control.pluginType]].includes(control.symbolName);

export const isFunction = ({ control }: Instance): boolean => control.pluginType === 'func';

export const removedFrom = ({ name, manifest }: InstalledPlugin, { control }: Instance): RxportError =>
  symbolRemoved(name, control.symbolName, manifest.version);

/** The rules that have an instance. */
export const usersOf = (instance: Instance): readonly string[] => instance.users?.() ?? [instance.control.meta.ruleId];

/** What START says there. Throws what reading the configuration throws. */
export const controlIn = (instance: Instance, { plugin }: Runner): Control =>
  instance.controlFor?.(plugin) ?? instance.control;

export const NOTHING: Moved = { gap: 0, queued: 0 };

/** How an instance moves that does not say how. */
export async function plainMove({ stop, start }: MoveSteps): Promise<Moved> {
  await stop();
  await start();
  return NOTHING;
}
