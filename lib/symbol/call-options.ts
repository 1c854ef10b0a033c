import { isReplicas, MAX_REPLICAS } from '../config.js';
import { checkDuration, DEADLINE } from '../duration.js';
import { operatorOption, type RxportError } from '../errors.js';
import { checkOverflow, type Overflow } from '../stage.js';
import type { Parse } from '../wire/source.js';

/** `drop` counts and reports, `fail` ends the stream, a function gives the value to go on with. */
export type OnError<T, E> = 'fail' | 'drop' | ((error: RxportError, value: T) => E);

export interface CallOptions<T, E = never> {
  /** What follows when the call, `args` or `project` fails; default `drop`. */
  readonly onError?: OnError<T, E>;
  /**
   * Calls of one key keep their order, and go to the same process: to another when that dies, and to one that comes when it
   * takes its share of the keys. Those of other keys go past them. One that throws, or gives neither text
   * nor number (`ERR_VALUE_INVALID`), follows `onError`.
   */
  readonly key?: (value: T) => string | number;
  /**
   * In place of `JSON.parse`, for the text of a reply, `{"state":true,"result":…}`: for 64-bit integers, say. Such calls go out
   * one by one.
   */
  readonly parse?: Parse;
  /** In which order results go on; default `input`, with `key` `completion`, which is that of the input for each key. */
  readonly order?: 'input' | 'completion';
  /** At least so many processes of the plugin, 1 to 64, while the rule runs: what the host and the manifest say stays the least. */
  readonly replicas?: number;
  /**
   * How many calls are out at once at most; default and upper bound are what keeps busy the processes that can take one, and
   * one to follow: a process of our SDK takes up to 64 together, fewer as they are slower. With `key` four times that, since
   * keys are spread by chance.
   */
  readonly concurrency?: number;
  /**
   * Milliseconds from the write on a connection to the answer, of what went out with it too; default 5,000. Only quick
   * calls share a frame.
   */
  readonly timeout?: number;
  /** A call whose process died while it was out: once more, or an error; default `repeat`, so at least once. */
  readonly whenLost?: 'repeat' | 'error';
  /** How many values wait at most, and which of them go when more come; default `drop-oldest`, and 10,000, fewer of large tuples. */
  readonly queue?: Overflow;
}

/** Milliseconds that a call may take where nothing else is said. */
export const CALL_TIMEOUT = 5_000;

/** Throws `ERR_OPERATOR_OPTION`. */
export function checkCallOptions(where: string, options: CallOptions<never, unknown>): void {
  const { concurrency = 1, replicas = 1, timeout = CALL_TIMEOUT, queue } = options;
  if (!(Number.isInteger(concurrency) || concurrency === Infinity) || concurrency < 1)
    throw operatorOption(where, `concurrency ${concurrency} is no whole number from 1`);
  if (!isReplicas(replicas))
    throw operatorOption(where, `replicas ${String(replicas)} is no whole number from 1 to ${MAX_REPLICAS}`);
  checkDuration(where, 'timeout', timeout, DEADLINE);
  checkOverflow(where, queue);
}
