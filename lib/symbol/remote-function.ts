import type { Outcome } from '../channel/function-channel.js';
import { callFailed, type RxportError } from '../errors.js';
import { encodeExec } from '../wire/function.js';
import type { SharedFunction } from './function-pool.js';
import type { Owner } from './owner.js';

/** A function of a plugin outside a rule. */
export interface RemoteFunction {
  /**
   * Calls it. Rejects with `ERR_CALL_FAILED`, `ERR_CALL_TIMEOUT` (5 s from the write), `ERR_CALL_LOST`,
   * `ERR_SYMBOL_REFUSED`, `ERR_FRAME_TOO_LARGE`.
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
        const settle = (outcome: Outcome): void => {
          leave();
          if (outcome.type === 'result') resolve(outcome.result);
          else reject(outcome.type === 'failed' ? callFailed(shared.symbol, outcome.result) : outcome.error);
        };
        const refused = (error: RxportError): void => settle({ type: 'error', error });
        const body = encodeExec(args, context);
        const leave = shared.use({ ruleId, started: () => undefined, lost: () => undefined, refused });
        shared.channel.submit({ body, timeout: TIMEOUT, whenLost: 'repeat', cancelled: false, done: settle });
      }),
  };
}
