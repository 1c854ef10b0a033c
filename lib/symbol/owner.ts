import type { RxportError } from '../errors.js';
import type { Marks, Stage, StageKind, Weights } from '../stage.js';

/** Something that a rule can miss: present once the plugin has started it, absent while it has not. */
export interface Attendance {
  present(): void;
  absent(): void;
  /** It is no longer part of the rule. */
  leave(): void;
}

/** A source that is being stopped. Neither rejects. */
export interface Stopping {
  /** Nothing more comes of it. */
  readonly read: Promise<unknown>;
  /** Its rule has taken what was read, or has let go of it; it is closed, and its subscriber has completed. */
  readonly ended: Promise<unknown>;
}

/** A running source, as the stop of its rule sees it. */
export interface Stoppable {
  /** STOP, read what is still there, complete the subscriber when it has taken that: for as long as it takes. */
  stop(): Stopping;
  /** Completes the subscriber at once; what it has not taken is counted as dropped. */
  complete(): void;
  /** The rule has more than it can work off: nothing is read for a while, or in gulps from a plugin that can not wait. */
  pause(): void;
  resume(): void;
}

/** A source in its rule. */
export interface Place {
  /** The tuples that come now have so many characters: told while they are large, and when that is over. */
  size(characters: number): void;
  /** What each of them counts for. */
  readonly weight: number;
  /** Of its rule: what comes while it hands on a tuple. */
  readonly weights: Weights;
  left(): void;
}

/** What happened to a symbol, short of ending its rule. */
export type SymbolNews =
  /** `count` says how many there were, this one included, where there was more than one since the last was told. */
  | { readonly type: 'error'; readonly symbol: string; readonly error: RxportError; readonly count?: number }
  | { readonly type: 'restarted'; readonly symbol: string; readonly attempt: number }
  | Tally
  /**
   * For a minute, two at most, the sources have waited for an operator, `queue mapAsync` say, and nothing has come of the values
   * in it. It waits for something slow, or for another source of its rule, which would be for ever. Told again only after it
   * has moved; the rule goes on.
   */
  | { readonly type: 'stalled'; readonly symbol: string; readonly error: RxportError }
  /**
   * A sink's connection broke, or its process died before it had answered STOP: so many values at most were with the kernel or
   * read ahead, and may not have been taken.
   */
  | { readonly type: 'unconfirmed'; readonly symbol: string; readonly count: number };

/** News that are summed up: one as soon as something happens, then one a second at most. */
export type Tally =
  | { readonly type: 'dropped'; readonly symbol: string; readonly reason: string; readonly count: number }
  /**
   * More values than its high mark waited in a stage, `sink file` say, or, of a share, for one of its subscribers, `rule big`
   * say, so that the sources were paused.
   */
  | { readonly type: 'paused'; readonly symbol: string; readonly count: number };

/** The same with its time, in milliseconds since the epoch. */
export type SymbolEvent = SymbolNews & { readonly at: number };

/** What a symbol asks of the rule that it runs in. */
export interface Owner {
  readonly ruleId: string;
  /** The third part of the addresses of its symbols; default 0, all that the Go SDK knows. */
  readonly instanceId?: number;
  /** True once the rule has begun to stop: a source that is subscribed from then on completes at once. */
  readonly stopping: boolean;
  /** Under which reason a value is dropped that nobody takes any longer. */
  readonly cutOff: 'stopped' | 'unsubscribed';
  /**
   * Milliseconds for a flush; default 5,000. A sink that drains may go so long, and its `ackTimeout`, without an ack in time,
   * and keeps the error of its stream to itself no longer.
   */
  readonly flushTimeout?: number;
  /** Unique on this machine, for the address of a channel. */
  opId(): string;
  /** The context of a call of that function that is being made, as JSON: the same in each run of the rule. */
  callContext(symbol: string): string;
  /** Where the rule counts what this symbol takes, passes and drops. */
  stage(kind: StageKind, name: string, depth?: () => number, marks?: Marks): Stage;
  attend(label: string): Attendance;
  /** Shows it in the rule's events; answers what was shown. */
  report(news: SymbolNews): SymbolEvent;
  /** A source is open until it has left. */
  running(source: Stoppable): Place;
  /** Work that must be over before the rule is. Must not reject. */
  track(work: Promise<unknown>): void;
  /** A symbol that has no stream to put its error on ends the rule's run. */
  fail(error: RxportError): void;
}

export const flushTimeoutOf = ({ flushTimeout = 5_000 }: Pick<Owner, 'flushTimeout'>): number => flushTimeout;
