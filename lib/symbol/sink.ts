import type { Observable, Observer, Subscription } from 'rxjs';
import type { RxportError } from '../errors.js';
import type { Overflow } from '../stage.js';

export interface SinkAck<T> {
  readonly value: T;
  /** Why the value was not taken; absent when it was. */
  readonly error?: RxportError;
}

export interface DrainReport {
  /** Values that are with the kernel, or acknowledged where acks are required. */
  readonly delivered: number;
  /** Values that did not go out, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/**
 * A sink of a plugin: an Observer, and the Subscription that `stream.subscribe(sink)` returns.
 *
 * It takes one stream. `next` never blocks and never throws; `complete` drains, sends STOP and closes, and so does
 * `error` for what was accepted before it: then the rule fails with it, after `flushTimeout` at the latest. Unsubscribing ends the chain above and drains in the background.
 */
export interface Sink<T> extends Observer<T>, Subscription {
  readonly closed: boolean;
  /**
   * Hot: one per value that its turn has come for, in order, when `requireAck` is set; silent otherwise. What has no encoding or
   * is dropped before that is in `events$` and the ledger only.
   */
  readonly acks$: Observable<SinkAck<T>>;
  /** Hot, replays the newest: true above the high mark of the queue, until it is at its low mark or below. */
  readonly pressure$: Observable<boolean>;
  /** Settles when everything accepted is delivered or counted; never rejects. */
  readonly drained: Promise<DrainReport>;
}

export interface SinkOptions<Config = Readonly<Record<string, unknown>>> {
  readonly confKey?: string;
  readonly config?: Config;
  /**
   * One message in flight, each acknowledged; default false. A drain goes on while acks come in time; what waits when there has
   * been none for `flushTimeout` and `ackTimeout` is dropped, and counted as `stopped`.
   */
  readonly requireAck?: boolean;
  /** How long an ack may take, in milliseconds; default 5,000, `Infinity` for as long as it takes. */
  readonly ackTimeout?: number;
  /** `true` sends each value as it is, `false` as an array of one, as a stock eKuiper does; default `true`. */
  readonly sendSingle?: boolean;
  /** `raw` takes strings and bytes as they are, `json` writes strings as JSON too; bytes are always raw. Default `json`. */
  readonly encode?: 'json' | 'raw';
  /** Default `drop-oldest`, and 10,000, fewer of large tuples: see `size`. */
  readonly queue?: Overflow;
}
