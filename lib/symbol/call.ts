import type { Decoder } from 'io-ts';
import type { OperatorFunction } from 'rxjs';
import { checkOverflow, type Overflow } from '../channel/overflow.js';
import { operatorOption, type RxportError, userError } from '../errors.js';
import { Guarded } from '../process/guarded.js';
import { CallRun } from './call-run.js';
import type { SharedFunction } from './function-pool.js';
import type { Owner } from './owner.js';

/** `drop` counts and reports, `fail` ends the stream, a function gives the value to go on with. */
export type OnError<T, E> = 'fail' | 'drop' | ((error: RxportError, value: T) => E);

export interface CallOptions<T, E = never> {
  /** What follows when the call, `args` or `project` fails; default `drop`. */
  readonly onError?: OnError<T, E>;
  /** In which order results go on; default `input`. */
  readonly order?: 'input' | 'completion';
  /** How many calls are out at once; default the number of processes that can take one, and one to follow. */
  readonly concurrency?: number;
  /** Milliseconds from the write on a connection to the answer; default 5,000. */
  readonly timeout?: number;
  /** A call whose process died while it was out: once more, or an error; default `repeat`, so at least once. */
  readonly whenLost?: 'repeat' | 'error';
  /** How many values wait at most, and which of them go when more come; default 10,000 and `drop-oldest`. */
  readonly queue?: Overflow;
}

/** What `call` becomes when it is subscribed. */
export interface CallSpec<T, R> {
  readonly owner: Owner;
  readonly shared: SharedFunction;
  /** The last argument of each Exec: stable, since the SDKs keep one context for each that they see. */
  readonly context: string;
  readonly args: (value: T, index: number) => readonly unknown[];
  readonly project: ((value: T, result: unknown, index: number) => R) | undefined;
  readonly decode: Decoder<unknown, unknown> | undefined;
  readonly options: CallOptions<T, unknown>;
}

/**
 * Calls a function of a plugin for each value.
 *
 * Cold; the channel behind it is shared with every other use of the function. Completion waits for the calls that are
 * out. Throws `ERR_OPERATOR_OPTION`. Errors with `ERR_SYMBOL_REFUSED` when the plugin does not start the function, `ERR_CALL_INVALID` when the
 * function refuses the number of arguments, and as `onError: 'fail'` has it.
 */
export function remoteCall<T, R>(spec: CallSpec<T, R>): OperatorFunction<T, R> {
  const { owner, shared, options } = spec;
  const where = `call ${shared.symbol}`;
  checkOptions(where, options);
  return (source) =>
    new Guarded<R>(
      (thrown) => owner.fail(userError(`a subscriber of ${where}`, thrown)),
      (subscriber) => {
        const run = new CallRun(spec, subscriber);
        subscriber.add(() => run.end());
        subscriber.add(
          source.subscribe({
            next: (value) => run.next(value),
            error: (error: unknown) => run.error(error),
            complete: () => run.complete(),
          }),
        );
      },
    );
}

function checkOptions(where: string, { concurrency = 1, timeout = 1, queue }: CallOptions<never, unknown>): void {
  if (!(Number.isInteger(concurrency) || concurrency === Infinity) || concurrency < 1)
    throw operatorOption(where, `concurrency ${concurrency} is no whole number from 1`);
  if (!(timeout > 0)) throw operatorOption(where, `timeout ${timeout} is no number of milliseconds above 0`);
  checkOverflow(where, queue);
}
