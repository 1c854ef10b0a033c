import { type OperatorFunction, takeWhile } from 'rxjs';
import { userError } from '../errors.js';
import { Guarded } from '../process/guarded.js';
import { leftFirst } from '../stage.js';
import { checkCallOptions } from './call-options.js';
import { CallRun } from './call-run.js';
import type { CallSpec } from './call-spec.js';

/**
 * Calls a function of a plugin for each value.
 *
 * Cold; the channel behind it is shared with every other use of the function. Completion waits for the calls that are
 * out. Throws `ERR_OPERATOR_OPTION`. Errors with `ERR_SYMBOL_REFUSED` when the plugin does not start the function,
 * `ERR_CALL_INVALID` when the function refuses the number of arguments, and as `onError: 'fail'` has it.
 */
export function remoteCall<T, R>(spec: CallSpec<T, R>): OperatorFunction<T, R> {
  const { owner, shared, options } = spec;
  const where = `call ${shared.symbol}`;
  checkCallOptions(where, options);
  return (source) =>
    new Guarded<R>(
      (thrown) => owner.fail(userError(`a subscriber of ${where}`, thrown)),
      (subscriber) => {
        const run = new CallRun(spec, subscriber);
        leftFirst(subscriber, () => run.end()).add(
          // A source that emits at once is known only when it has: it is left when what follows has ended.
          source.pipe(takeWhile(() => !subscriber.closed, true)).subscribe({
            next: (value) => run.next(value),
            error: (error: unknown) => run.error(error),
            complete: () => run.complete(),
          }),
        );
      },
    );
}
