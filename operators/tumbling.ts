import { ignoreElements, merge, Subject, takeUntil, tap, type OperatorFunction } from 'rxjs';
import { operatorOption } from '../lib/errors.js';
import type { Aggregates, Results } from './aggregates.js';
import { allValues, sideBySide } from './contents.js';
import { inScope } from './in-scope.js';
import { lifted } from './lifted.js';
import { timelineOf } from './timeline-of.js';
import { TumblingRun, type TumblingPlan } from './tumbling-run.js';
import type { Values, Window, WindowOptions } from './window.js';
import { windowBounds } from './window-options.js';

/**
 * Cuts the stream into windows of `size` milliseconds, one after the other, and emits each when its time is over.
 *
 * Windows are aligned to multiples of `size` since the epoch: windows of a day start at midnight UTC, all the year. A
 * window without values is not emitted. Windows come in the order of (`start`, first value of the key).
 *
 * **Processing time**, the default: a value belongs to the window in which it arrives. **Event time**, with `at`: to the
 * window in which it happened; `maxDelay` says how long to wait for values that come out of order.
 *
 * ```
 * tumbling(10)    --a--b----c-----|
 *                 ----------x-----(y|)    x: [0, 10) a b    y: [10, 20) c, partial
 * ```
 * ```ts
 * readings.pipe(tumbling(1_000))
 * // { start: 5_000, end: 6_000, key: undefined, partial: false, values: [...] }
 *
 * const count = { init: () => 0, add: (n: number) => n + 1, result: (n: number) => n };
 * readings.pipe(tumbling(60_000, { at: (r) => r.time, maxDelay: 2_000, key: (r) => r.line, aggregate: { count } }))
 * // { start: 60_000, end: 120_000, key: 'line/1', partial: false, count: 57 }
 * ```
 *
 * When the source completes, open windows are emitted with `partial: true`. When it fails they are not, and its error goes
 * on; so does what a function in `options` throws, as it was thrown. Inside a rule a stage counts the values: `passed` in
 * a window that was emitted or handed to `late`, else `dropped` as `late`, `stopped` (unsubscribed) or `error`.
 *
 * `ERR_OPERATOR_OPTION` is thrown at once where `size` or `options` can not work. The stream fails with
 * `ERR_OPERATOR_BOUND` at `maxKeys`, and with `ERR_VALUE_INVALID` where `at` or `watermark` gives no time.
 */
export function tumbling<T, A extends Aggregates<T>, K = undefined>(
  size: number,
  options: WindowOptions<T, K> & { readonly aggregate: A },
): OperatorFunction<T, Window<K> & Results<A>>;
export function tumbling<T, K = undefined>(
  size: number,
  options?: WindowOptions<T, K>,
): OperatorFunction<T, Window<K> & Values<T>>;
export function tumbling<T, K>(
  size: number,
  options: WindowOptions<T, K> & { readonly aggregate?: Aggregates<T> } = {},
): OperatorFunction<T, Window<K> & object> {
  if (!(Number.isSafeInteger(size) && size > 0)) {
    throw operatorOption('tumbling', `size is ${size}: give whole milliseconds, more than 0`);
  }
  const plan = { size, options, bounds: windowBounds('tumbling', options) };
  return options.aggregate === undefined
    ? run({ ...plan, contents: allValues<T>(), bounded: 'values' })
    : run({ ...plan, contents: sideBySide(options.aggregate), bounded: 'windows' });
}

const run = <T, K, S, R extends object>(
  plan: TumblingPlan<T, K, S, R> & { readonly options: WindowOptions<T, K> },
): OperatorFunction<T, Window<K> & R> =>
  lifted((source, subscriber) => {
    // Open windows belong to one subscription, not to the operator.
    const time = timelineOf('tumbling', plan.size, plan.options, plan.bounds.maxKeys);
    const windows = new TumblingRun(plan, time);
    const completed = new Subject<void>();
    const complete = (): void => {
      completed.next();
      windows.flush();
      windows.emitted.complete();
    };

    merge(
      windows.emitted,
      inScope('tumbling', time.moves).pipe(
        tap(() => windows.move()),
        takeUntil(completed),
        ignoreElements(),
      ),
      source.pipe(tap({ next: (value) => windows.add(value), complete }), ignoreElements()),
    )
      .pipe(tap({ error: () => windows.abandon('error'), finalize: () => windows.abandon('stopped') }))
      .subscribe(subscriber);
  });
