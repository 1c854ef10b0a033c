import { messageInvalid, reasonOf } from '../errors.js';
import { functionPath } from '../wire/address.js';
import { decodeRequest, encodeFailure, encodeResult } from '../wire/function.js';
import { encodeBatchReply } from '../wire/function-batch.js';
import { BATCH, encodeHandshake, HANDSHAKE } from '../wire/handshake.js';
import { textIn } from '../wire/text.js';
import { AnswerLoop } from './answer-loop.js';
import { BatchRun } from './batch-run.js';
import { CallContexts } from './call-contexts.js';
import { resultFrame } from './encode.js';
import type { DetailedFunction, PlainFunction, PluginFunction } from './function.js';
import type { Instance, Surroundings } from './instance.js';
import { isThenable } from './thenable.js';
import { SDK } from './version.js';

/** The host listens before it sends START: one retry or two are enough. */
const DIAL_TIMEOUT = 200;

/** Rejects with `ERR_CHANNEL_DIAL`, `ERR_ADDRESS_TOO_LONG`; calls `closed` when the host has closed the channel. */
export async function startFunction(
  definition: PluginFunction,
  symbol: string,
  { ipcDir, host, clock, log }: Surroundings,
  closed: () => void,
): Promise<Instance> {
  const run = new FunctionRun(definition, symbol, { clock, log });
  return AnswerLoop.open(functionPath(ipcDir, symbol), {
    clock,
    timeout: DIAL_TIMEOUT,
    first: host.batch ? encodeHandshake(SDK, [BATCH]) : HANDSHAKE,
    answer: (body) => run.answer(textIn(body)),
    failure: encodeFailure,
    closed,
  });
}

/** What a function answers to the requests of a host. Never throws or rejects. */
export class FunctionRun {
  private readonly definition: DetailedFunction;
  private readonly contexts: CallContexts;

  constructor(
    definition: PluginFunction,
    private readonly symbol: string,
    private readonly surroundings: Pick<Surroundings, 'clock' | 'log'>,
  ) {
    this.definition = typeof definition === 'function' ? detailed(definition) : definition;
    this.contexts = new CallContexts(symbol, surroundings.log);
  }

  answer(text: string): string | Promise<string> {
    try {
      const { func, arg, args } = decodeRequest(text, this.symbol);
      switch (func) {
        case 'Exec':
          return this.exec(arg);
        case 'ExecBatch':
          return this.execBatch(args);
        case 'Validate':
          return this.validate(arg);
        case 'IsAggregate':
          return encodeResult(this.definition.aggregate === true);
        default:
          return encodeFailure(`invalid func ${func}: expected Exec, Validate or IsAggregate`);
      }
    } catch (error) {
      return failure(error);
    }
  }

  private exec(arg: unknown): string | Promise<string> {
    const result = this.call(arg);
    return isThenable(result) ? Promise.resolve(result).then(resultFrame).catch(failure) : resultFrame(result);
  }

  private execBatch(calls: unknown): string | Promise<string> {
    if (!Array.isArray(calls) || calls.length === 0) return encodeFailure('ExecBatch without a list of calls');
    const run = new BatchRun(calls, (arg) => this.call(arg), this.surroundings.clock, this.symbol);
    const done = run.run();
    return done instanceof Promise
      ? done.then((all) => encodeBatchReply(all, calls.length))
      : encodeBatchReply(done, calls.length);
  }

  /** Throws what the function throws, and what is wrong with the request. */
  private call(arg: unknown): unknown {
    if (!Array.isArray(arg)) throw messageInvalid(this.symbol, ['Exec without a list of arguments']);
    const args = arg as unknown[];
    const context = this.contexts.of(args.pop());
    if (context === undefined) throw messageInvalid(this.symbol, ['Exec without a call context as its last argument']);
    return this.definition.exec(args, context);
  }

  private validate(arg: unknown): string | Promise<string> {
    // A stock host sends null when there are no arguments.
    const problem = this.definition.validate?.(Array.isArray(arg) ? arg : []);
    return isThenable(problem) ? Promise.resolve(problem).then(verdict).catch(failure) : verdict(problem);
  }
}

const detailed = (call: PlainFunction): DetailedFunction => ({ exec: (args) => call(...args) });

const verdict = (problem: string | undefined | void): string => (problem ? encodeFailure(problem) : encodeResult(''));

const failure = (error: unknown): string => encodeFailure(reasonOf(error));
