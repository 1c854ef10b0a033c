import type { FunctionCall, Outcome } from '../channel/function-call.js';
import { callFailed, type RxportError, userError } from '../errors.js';
import { encodeExec } from '../wire/function.js';
import type { SharedFunction } from './function-pool.js';
import type { Owner } from './owner.js';

/** A function of a plugin outside a rule. */
export interface RemoteFunction {
  /**
   * Calls it. Rejects with `ERR_CALL_FAILED`, `ERR_CALL_TIMEOUT` (5 s from the write), `ERR_CALL_LOST`,
   * `ERR_SYMBOL_REFUSED`, `ERR_FRAME_TOO_LARGE`, `ERR_USER_FUNCTION` for arguments that are no JSON, and as its plugin
   * fails or goes.
   */
  exec(...args: readonly unknown[]): Promise<unknown>;
}

const TIMEOUT = 5_000;

export function remoteFunction(shared: SharedFunction, owner: Owner): RemoteFunction {
  const context = owner.callContext();
  const { ruleId } = owner;
  return {
    exec: (...args) =>
      new Promise((resolve, reject) => {
        const done = (outcome: Outcome): void => {
          leave();
          if (outcome.type === 'result') resolve(outcome.result);
          else reject(outcome.type === 'failed' ? callFailed(shared.symbol, outcome.result) : outcome.error);
        };
        const refused = (error: RxportError): void => {
          call.cancelled = true;
          done({ type: 'error', error });
        };
        const body = encode(args, context, shared.symbol);
        const call: FunctionCall = { body, timeout: TIMEOUT, whenLost: 'repeat', cancelled: false, done };
        const leave = shared.use({ ruleId, started: () => undefined, lost: () => undefined, refused });
        shared.channel.submit(call);
      }),
  };
}

function encode(args: readonly unknown[], context: string, symbol: string): string {
  try {
    return encodeExec(args, context);
  } catch (thrown) {
    throw userError(`the JSON of the arguments of function ${symbol}`, thrown);
  }
}
