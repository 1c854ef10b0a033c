import type { FunctionCall, Outcome } from '../channel/function-call.js';
import { checkDuration, DEADLINE } from '../duration.js';
import { callFailed, type RxportError, userError } from '../errors.js';
import { execEncoder } from '../wire/function.js';
import type { Parse } from '../wire/source.js';
import { boundTo } from './bound-to.js';
import { CALL_TIMEOUT } from './call-options.js';
import type { SharedFunction } from './function-pool.js';
import type { Owner } from './owner.js';

/** How a function is called outside a rule. */
export interface RemoteFunctionOptions {
  /** Milliseconds from the write on a connection to the answer; default 5,000. */
  readonly timeout?: number;
  /**
   * Milliseconds until a process takes the call; default 30,000, `Infinity` waits as long as its plugin may come. In a rule
   * there is no such end: the queue of the call has its bound, and paces the sources.
   */
  readonly queueTimeout?: number;
  /** In place of `JSON.parse`, for the text of a reply, as in a rule. */
  readonly parse?: Parse;
  /** Once aborted, every call rejects with its reason: one that waits is not made, one that is out is not waited for. */
  readonly signal?: AbortSignal;
}

/** Milliseconds that a call waits for a process where nothing else is said. */
const QUEUE_TIMEOUT = 30_000;

/** A function of a plugin outside a rule. */
export interface RemoteFunction {
  /**
   * Calls it. Rejects with `ERR_CALL_FAILED`, `ERR_CALL_TIMEOUT`, also when no process takes it in time, `ERR_CALL_LOST`,
   * `ERR_SYMBOL_REFUSED`, `ERR_FRAME_TOO_LARGE`, `ERR_USER_FUNCTION` for arguments that are no JSON, `ERR_QUEUE_OVERFLOW`
   * while 10,000 calls of the function from outside of rules have no answer, as its plugin fails or goes, with the reason of
   * its signal, and once its plugin has gone as `host.function` throws: `ERR_SYMBOL_UNKNOWN`, until one with the symbol is
   * there again, `ERR_PLUGIN_BUSY` while that is being installed, `ERR_HOST_STOPPED`.
   */
  exec(...args: readonly unknown[]): Promise<unknown>;
}

/** Throws `ERR_OPERATOR_OPTION`, and as `find`, which is asked again once what it has found is closed. */
export function remoteFunction(
  find: () => SharedFunction,
  owner: Owner,
  { timeout = CALL_TIMEOUT, queueTimeout = QUEUE_TIMEOUT, parse, signal }: RemoteFunctionOptions = {},
): RemoteFunction {
  let found = find();
  const { symbol } = found;
  checkDuration(`function ${symbol}`, 'timeout', timeout, DEADLINE);
  checkDuration(`function ${symbol}`, 'queueTimeout', queueTimeout, DEADLINE);
  const encoder = execEncoder(owner.callContext(symbol));
  const { ruleId } = owner;
  const bind = boundTo(signal);
  return {
    exec: (...args) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const body = encode(args, encoder, symbol);
        const shared = (found = found.closed ? find() : found);
        const end = (): void => {
          leave();
          unbind();
          exit();
        };
        const done = (outcome: Outcome): void => {
          end();
          if (outcome.type === 'result') resolve(outcome.result);
          else reject(outcome.type === 'failed' ? callFailed(symbol, outcome.result) : outcome.error);
        };
        const refused = (error: RxportError): void => {
          shared.channel.cancel(call);
          done({ type: 'error', error });
        };
        const aborted = (): void => {
          shared.channel.cancel(call);
          end();
          reject(signal?.reason as Error);
        };
        const call: FunctionCall = {
          body,
          parse,
          timeout,
          patience: queueTimeout,
          whenLost: 'repeat',
          cancelled: false,
          done,
        };
        const exit = shared.enter();
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
