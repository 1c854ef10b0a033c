import { asyncScheduler, type ObservableInput, type OperatorFunction, type SchedulerLike, takeWhile } from 'rxjs';
import { checkDuration, DEADLINE } from '../lib/duration.js';
import { operatorOption, type RxportError } from '../lib/errors.js';
import { leftFirst } from '../lib/stage.js';
import { lifted } from './lifted.js';
import { MapAsyncRun } from './map-async-run.js';
import { overflowOf, type StageOptions } from './stage-options.js';

export interface MapAsyncOptions<T, E = never> extends StageOptions {
  /** How many projects are under way at once; default 1. */
  readonly concurrency?: number;
  /** In which order results go on; default `input`, where at most 4 × `concurrency` of them wait for an earlier one. */
  readonly order?: 'input' | 'completion';
  /** Milliseconds that a project may take; default without end. */
  readonly timeout?: number;
  /**
   * What follows when a project fails or is late: the error of the stream, a value less, or the value that a function
   * gives. Default `fail`.
   */
  readonly onError?: 'fail' | 'drop' | ((error: RxportError, value: T) => E);
  /** Whose time `timeout` is in; default that of the machine. */
  readonly scheduler?: SchedulerLike;
}

/**
 * Emits what `project` makes of each value, later: a promise, or the first value of a stream. For I/O in a rule, in the
 * place of `concatMap` and `mergeMap`, which hide how much they hold.
 *
 * A stage of the rule it is subscribed in: what waits is bounded (10,000, fewer of large tuples; `drop-oldest`), counted in
 * the ledger, and paces the sources of the rule. `signal` aborts when the project is late or nobody wants its result any longer. A stream that
 * ends without a value is counted `dropped{empty}`, a project that fails `failed{…}`, which `events$` of the rule shows, too.
 *
 * A project that waits for another source of its rule (`firstValueFrom(other)`) needs `high: Infinity`: that source is held back
 * with all others while more than `high` values wait here, for ever. Where nothing comes of them for a minute meanwhile, the rule
 * tells of it: `stalled` in `events$`.
 *
 * Errors with `ERR_QUEUE_OVERFLOW` under the policy `error`, and as `onError` has it with `ERR_PROJECT_TIMEOUT` and
 * `ERR_USER_FUNCTION`, whose `cause` is what was thrown. Throws `ERR_OPERATOR_OPTION` at once.
 *
 * ```ts
 * readings.pipe(mapAsync((reading, _, signal) => fetch(urlOf(reading), { signal }), { concurrency: 4, timeout: 2_000 }))
 * ```
 */
export function mapAsync<T, R, E = never>(
  project: (value: T, index: number, signal: AbortSignal) => ObservableInput<R>,
  options: MapAsyncOptions<T, E> = {},
): OperatorFunction<T, R | E> {
  const { name = 'mapAsync', concurrency = 1, timeout = Infinity, order, onError = 'fail' } = options;
  if (!(concurrency === Infinity || (Number.isInteger(concurrency) && concurrency > 0)))
    throw operatorOption(name, `concurrency ${concurrency} is no whole number from 1`);
  checkDuration(name, 'timeout', timeout, DEADLINE);
  const overflow = overflowOf(name, options);
  const scheduler = options.scheduler ?? asyncScheduler;
  return lifted<T, R | E>((source, subscriber) => {
    const plan = { name, project, concurrency, timeout, order, onError, overflow, scheduler };
    const run = new MapAsyncRun<T, R | E>(plan, subscriber);
    // A source that emits at once is known only when it has: it is left when what follows has ended.
    leftFirst(subscriber, () => run.end()).add(source.pipe(takeWhile(() => !subscriber.closed, true)).subscribe(run));
  });
}
