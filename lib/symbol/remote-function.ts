import type { FunctionCall, Outcome } from '../channel/function-call.js';
import { checkDuration, DEADLINE } from '../duration.js';
import { callFailed, type RxportError, userError } from '../errors.js';
import { execEncoder } from '../wire/function.js';
import { boundTo } from './bound-to.js';
import { CALL_TIMEOUT } from './call-options.js';
import type { SharedFunction } from './function-pool.js';
import type { Owner } from './owner.js';

/** How a function is called outside a rule. */
export interface RemoteFunctionOptions {
  /** Milliseconds from the write on a connection to the answer; default 5,000. */
  readonly timeout?: number;
  /** Once aborted, every call rejects with its reason: one that waits is not made, one that is out is not waited for. */
  readonly signal?: AbortSignal;
}

/** A function of a plugin outside a rule. */
export interface RemoteFunction {
  /**
   * Calls it. Rejects with `ERR_CALL_FAILED`, `ERR_CALL_TIMEOUT`, `ERR_CALL_LOST`, `ERR_SYMBOL_REFUSED`,
   * `ERR_FRAME_TOO_LARGE`, `ERR_USER_FUNCTION` for arguments that are no JSON, as its plugin fails or goes, and with the
   * reason of its signal.
   */
  exec(...args: readonly unknown[]): Promise<unknown>;
}

/** Throws `ERR_OPERATOR_OPTION`. */
export function remoteFunction(
  shared: SharedFunction,
  owner: Owner,
  { timeout = CALL_TIMEOUT, signal }: RemoteFunctionOptions = {},
): RemoteFunction {
  checkDuration(`function ${shared.symbol}`, 'timeout', timeout, DEADLINE);
  const encoder = execEncoder(owner.callContext(shared.symbol));
  const { ruleId } = owner;
  const bind = boundTo(signal);
  return {
    exec: (...args) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const done = (outcome: Outcome): void => {
          leave();
          unbind();
          if (outcome.type === 'result') resolve(outcome.result);
          else reject(outcome.type === 'failed' ? callFailed(shared.symbol, outcome.result) : outcome.error);
        };
        const refused = (error: RxportError): void => {
          shared.channel.cancel(call);
          done({ type: 'error', error });
        };
        const aborted = (): void => {
          shared.channel.cancel(call);
          leave();
          reject(signal?.reason as Error);
        };
        const body = encode(args, encoder, shared.symbol);
        const call: FunctionCall = { body, timeout, whenLost: 'repeat', cancelled: false, done };
        const leave = shared.use({ ruleId, started: () => undefined, lost: () => undefined, refused });
        const unbind = bind(aborted);
        shared.channel.submit(call);
      }),
  };
}

function encode(args: readonly unknown[], encoder: (args: readonly unknown[]) => string, symbol: string): string {
  try {
    return encoder(args);
  } catch (thrown) {
    throw userError(`the JSON of the arguments of function ${symbol}`, thrown);
  }
}
