import type { Observable } from 'rxjs';
import type { Overflow } from '../lib/stage.js';
import { Iteration } from './iteration.js';
import { overflowOf, type StageOptions } from './stage-options.js';

export interface IterateOptions extends StageOptions {
  /** Ends the loop, as `break` does. The end of a rule, or of its run, does so by itself. */
  readonly signal?: AbortSignal;
}

/** Nobody would see a drop outside a rule. */
const FALLBACK: Overflow = { size: 10_000, policy: 'error' };

/**
 * A stream for `for await`. It is subscribed when the first value is asked for, and unsubscribed when the loop is left, by
 * `break`, by what it throws, or by `signal`; so does `return()` and `await using`.
 *
 * In a rule the loop gets what waits when the rule stops, and ends as if by `break` when that is cut: at its deadline, by
 * `unsubscribe`, or at once when it is begun later. The end of an inner stream only (`switchMap`, say) says nothing to a
 * loop below it, not before it asks for the next value: give that a `signal`.
 *
 * Values that the loop has not taken yet wait in a bounded queue (10,000, fewer of large tuples; policy `error`: the loop
 * gets those that wait, then throws `ERR_QUEUE_OVERFLOW`). In a rule it is a stage, and paces the sources of the rule. An
 * error of the stream is thrown after the values before it. Throws `ERR_OPERATOR_OPTION` at once.
 *
 * A loop that waits for another source of its rule, `await other.next()`, needs `high: Infinity` for each of its streams: above its
 * mark it holds back that source as well, for ever. Where it takes nothing for a minute meanwhile, the rule tells of it: `stalled`
 * in `events$`.
 *
 * ```ts
 * for await (const reading of iterate(readings, { high: 100 })) await store(reading);
 * ```
 */
export function iterate<T>(
  stream: Observable<T>,
  options: IterateOptions = {},
): AsyncIterableIterator<T> & AsyncDisposable {
  const { name = 'iterate', signal } = options;
  return new Iteration(stream, { name, overflow: overflowOf(name, options, FALLBACK), signal });
}
