/** What the operators that cut a stream into windows have in common: their options and what they emit. */
import type { Observable, SchedulerLike } from 'rxjs';
import type { Late } from './late.js';

/**
 * Windows by the time at which values happened rather than by the time at which they arrive.
 *
 * The watermark says up to which time the stream is complete, and never goes back. A window is emitted once the watermark
 * reaches its end; a value of a window that ended before it is late.
 */
export interface EventTime<T> {
  /** Milliseconds since the epoch at which the value happened. */
  readonly at: (value: T) => number;

  /** How far values may be out of order, in milliseconds: the watermark is the newest `at` minus this. Default 0. */
  readonly maxDelay?: number;

  /**
   * One watermark per partition, such as a device; the smallest of them counts. A partition counts from its first value
   * on, so what one that starts behind the others sends first may be late. Default: one partition.
   */
  readonly partition?: (value: T) => string | number;

  /**
   * A partition silent for this long, in milliseconds of processing time, no longer holds the watermark back until it
   * speaks again. When all are silent the watermark is that of the one that had come furthest: silence makes up for
   * partitions that lag behind, it does not shorten `maxDelay`. Default: a partition is waited for without end.
   */
  readonly idle?: number;

  /**
   * The watermark, when it comes from elsewhere than from the values; in place of `maxDelay`, `partition` and `idle`.
   * Subscribed before the source. A smaller value than before is ignored, `Infinity` ends every window, an error is an
   * error of the stream; when it completes the watermark stays where it is.
   */
  readonly watermark?: Observable<number>;

  /** Takes the late values. Default: they are counted as `dropped{late}` by the stage of the operator. */
  readonly late?: Late<T>;
}

/** Bounds of what open windows may hold. `Infinity` lifts one. */
export interface Bounds {
  /**
   * Most keys in one window, and most partitions. One more is an error `ERR_OPERATOR_BOUND`, since keys without number
   * are nearly always a mistake in `key`. Default 10,000.
   */
  readonly maxKeys?: number;

  /**
   * Values at which the operator is full, all windows together; with `aggregate`, which keeps no values, states: one
   * per window and key. Nothing is lost then: the oldest window is emitted early, as `bufferTime` does with a full
   * buffer, and this and the rest of it are `partial`. Default 100,000.
   */
  readonly maxValues?: number;
}

export interface WindowOptions<T, K> extends Partial<EventTime<T>>, Bounds {
  /** Windows apart for each key, compared as the keys of a `Map`. Default: no keys. */
  readonly key?: (value: T) => K;

  /** Processing time, and the timers. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** A window that was emitted: the time from `start` up to, not including, `end`, in milliseconds since the epoch. */
export interface Window<K = undefined> {
  readonly start: number;
  readonly end: number;
  readonly key: K;
  /** It may not be the whole window: the stream completed before its end, or `maxValues` was reached. */
  readonly partial: boolean;
}

/** What a window holds without `aggregate`: its values, in the order in which they came. */
export interface Values<T> {
  readonly values: readonly T[];
}
