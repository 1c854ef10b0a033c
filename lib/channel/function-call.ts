import type { RxportError } from '../errors.js';
import type { Key } from '../stage.js';
import type { FunctionReply } from '../wire/function.js';
import type { Parse } from '../wire/source.js';

export type Outcome = FunctionReply | { readonly type: 'error'; readonly error: RxportError };

/** One call, from the queue to its outcome. */
export interface FunctionCall {
  /** The encoded request. */
  readonly body: string;
  /** Calls of one key go to the same process while that lives. */
  readonly key?: Key | undefined;
  /** In place of `JSON.parse`, for the text of its reply: it shares a frame with no other call. */
  readonly parse?: Parse | undefined;
  /** Milliseconds from the write on a pipe to the answer; waiting for a pipe does not count: see `patience`. */
  readonly timeout: number;
  /** Milliseconds that it waits for a pipe at most; without end in a rule, where the queue of the call has its bound. */
  readonly patience?: number | undefined;
  /** When its patience ends: of the queue. */
  waitsUntil?: number;
  /** What happens when the process dies with the call out: once more, or an error. */
  whenLost: 'repeat' | 'error';
  /** It shares a frame with no other call. */
  alone?: boolean;
  /** Nobody wants the outcome any longer: set by `FunctionChannel.cancel`. */
  cancelled: boolean;
  /** At most once, never after `cancelled`. */
  readonly done: (outcome: Outcome) => void;
}
