import { asyncScheduler, type OperatorFunction, type SchedulerLike } from 'rxjs';
import { checkDuration, DEADLINE } from '../lib/duration.js';
import { operatorOption } from '../lib/errors.js';
import { leftFirst, type Overflow } from '../lib/stage.js';
import { lifted } from './lifted.js';
import { QueuedRun } from './queued-run.js';
import { overflowOf, type StageOptions } from './stage-options.js';

export interface QueuedOptions extends StageOptions {
  /** What is held can not be taken back: `drop-newest` (default) or `error`. */
  readonly policy?: 'drop-newest' | 'error';
  /**
   * Milliseconds without a value from the operator, while the sources of the rule wait for it or more than `high` are held,
   * after which (twice as many at most) it is taken for one that does not emit one for each; default 60,000.
   */
  readonly timeout?: number;
  /** Whose time `timeout` is in; default that of the machine. */
  readonly scheduler?: SchedulerLike;
}

const FALLBACK: Overflow = { size: 10_000, policy: 'drop-newest' };
const TIMEOUT = 60_000;

/**
 * Makes `operator` a stage of the rule: what it holds is bounded (10,000, fewer of large tuples), counted in the
 * ledger, and paces the sources of the rule.
 * For operators that emit exactly one value for each that they get, such as `delay` and `concatMap` with a promise.
 *
 * Errors with `ERR_OPERATOR_BOUND` when it emits more values than it got, with `ERR_STAGE_STALLED` when it keeps what it
 * gets while the sources wait for it, with `ERR_QUEUE_OVERFLOW` under the policy `error`. What is still held at its
 * completion is counted `dropped{kept}`. Throws `ERR_OPERATOR_OPTION` at once.
 *
 * ```ts
 * readings.pipe(queued(delay(1_000), { name: 'second later', size: 5_000 }))
 * ```
 */
export function queued<T, R>(operator: OperatorFunction<T, R>, options: QueuedOptions = {}): OperatorFunction<T, R> {
  const { name = 'queued', timeout = TIMEOUT, scheduler = asyncScheduler } = options;
  const overflow = overflowOf(name, options, FALLBACK);
  if (overflow.policy !== 'drop-newest' && overflow.policy !== 'error')
    throw operatorOption(
      name,
      `policy ${overflow.policy} is none of drop-newest, error: what is held can not be taken back`,
    );
  checkDuration(name, 'timeout', timeout, DEADLINE);
  return lifted<T, R>((source, subscriber) => {
    const run = new QueuedRun<T, R>({ name, overflow, timeout, scheduler }, subscriber);
    leftFirst(subscriber, () => run.end()).add(operator(run.counted(source)).subscribe(run));
  });
}
