import { reasonOf } from '../errors.js';
import { functionPath } from '../wire/address.js';
import { decodeRequest, encodeFailure, encodeResult } from '../wire/function.js';
import { HANDSHAKE } from '../wire/handshake.js';
import { AnswerLoop } from './answer-loop.js';
import { CallContexts } from './call-contexts.js';
import { resultFrame } from './encode.js';
import type { DetailedFunction, PlainFunction, PluginFunction } from './function.js';
import type { Instance, Surroundings } from './instance.js';
import type { PluginLog } from './stderr-log.js';
import { isThenable } from './thenable.js';

/** The host listens before it sends START: one retry or two are enough. */
const DIAL_TIMEOUT = 200;

/** Rejects with `ERR_CHANNEL_DIAL`, `ERR_ADDRESS_TOO_LONG`; calls `closed` when the host has closed the channel. */
export async function startFunction(
  definition: PluginFunction,
  symbol: string,
  { ipcDir, clock, log }: Surroundings,
  closed: () => void,
): Promise<Instance> {
  const run = new FunctionRun(definition, symbol, log);
  return AnswerLoop.open(functionPath(ipcDir, symbol), {
    clock,
    timeout: DIAL_TIMEOUT,
    first: HANDSHAKE,
    answer: (body) => run.answer(body.toString()),
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
    log: PluginLog,
  ) {
    this.definition = typeof definition === 'function' ? detailed(definition) : definition;
    this.contexts = new CallContexts(symbol, log);
  }

  answer(text: string): string | Promise<string> {
    try {
      const { func, arg } = decodeRequest(text, this.symbol);
      switch (func) {
        case 'Exec':
          return this.exec(arg);
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
    if (!Array.isArray(arg)) return encodeFailure('Exec without a list of arguments');
    const args = arg as unknown[];
    const context = this.contexts.of(args.pop());
    if (context === undefined) return encodeFailure('Exec without a call context as its last argument');
    const result = this.definition.exec(args, context);
    return isThenable(result) ? Promise.resolve(result).then(resultFrame).catch(failure) : resultFrame(result);
  }

  private validate(arg: unknown): string {
    // A stock host sends null when there are no arguments.
    const problem = this.definition.validate?.(Array.isArray(arg) ? arg : []);
    return problem ? encodeFailure(problem) : encodeResult('');
  }
}

const detailed = (call: PlainFunction): DetailedFunction => ({ exec: (args) => call(...args) });

const failure = (error: unknown): string => encodeFailure(reasonOf(error));
