import { messageInvalid, reasonOf, type RxportError, showJson } from '../errors.js';
import { excerpt } from './excerpt.js';
import type { FunctionReply } from './function.js';
import { parseJson } from './json.js';
import { textIn } from './text.js';

/**
 * How many calls go out together at most, and of how much text; one alone may be larger. A batch larger than one read of a
 * socket is a loss: in batches of 256 KiB calls of 64 KiB were a third slower than alone, those of 1 KiB than in 64.
 */
export const BATCH_CALLS = 64;
export const BATCH_TEXT = 64 * 1024;
/** Milliseconds of work after which a plugin answers what it has done of a batch. */
export const BATCH_TIME = 10;

const EXEC = '{"func":"Exec","arg":';

/** True for a call that can go out with others. */
export const isExec = (body: string): boolean => body.startsWith(EXEC);

/** Host → plugin, several encoded Execs in one frame: `{"func":"ExecBatch","args":[["a1","{…}"],["a2","{…}"]]}`. */
export const encodeExecBatch = (execs: readonly string[]): string =>
  `{"func":"ExecBatch","args":[${execs.map((body) => body.slice(EXEC.length, -1)).join(',')}]}`;

/** What a plugin has done of a batch: `results` are JSON, the first ones of its calls; `failed` are places of errors. */
export interface BatchDone {
  readonly results: readonly string[];
  readonly failed: readonly number[];
}

/**
 * Plugin → host: `{"state":true,"results":["a1","boom"],"failed":[1],"rest":2}`.
 *
 * One result for each call, in order; those at the places in `failed` are texts of errors. `rest` calls at the end have
 * not been made: the batch took too long, or its results grew too large. Empty keys are left out.
 */
export function encodeBatchReply({ results, failed }: BatchDone, calls: number): string {
  const rest = calls - results.length;
  const more = (failed.length > 0 ? `,"failed":[${failed.join(',')}]` : '') + (rest > 0 ? `,"rest":${rest}` : '');
  return `{"state":true,"results":[${results.join(',')}]${more}}`;
}

/** One reply for each call that was made; the calls behind them were not. */
export type BatchReply =
  | { readonly type: 'results'; readonly replies: readonly FunctionReply[] }
  /** The plugin could not make sense of the batch: no call was made. */
  | { readonly type: 'failed'; readonly result: unknown }
  | { readonly type: 'invalid'; readonly error: RxportError };

/** The answer to a batch of so many calls. Never throws: an answer that does not fit them is `invalid`. */
export function decodeBatchReply(body: Buffer, calls: number, address: string): BatchReply {
  const text = textIn(body);
  let reply: unknown;
  try {
    reply = parseJson(text);
  } catch (cause) {
    return invalid(address, `not JSON: ${reasonOf(cause)}`);
  }
  if (typeof reply === 'object' && reply !== null && 'state' in reply) {
    if (reply.state === false) return { type: 'failed', result: 'result' in reply ? reply.result : undefined };
    if (reply.state === true && 'results' in reply && Array.isArray(reply.results)) {
      const { failed = [], rest = 0 } = reply as { readonly failed?: unknown; readonly rest?: unknown };
      return repliesOf(reply.results as unknown[], failed, rest, calls, address);
    }
  }
  return invalid(address, `expected {"state":true,"results":[…]}, got ${excerpt(text)}`);
}

function repliesOf(
  results: readonly unknown[],
  failed: unknown,
  rest: unknown,
  calls: number,
  address: string,
): BatchReply {
  // Without one it would go out again and again.
  if (!isIndex(rest, calls) || results.length !== calls - rest)
    return invalid(address, `${results.length} results and a rest of ${excerpt(showJson(rest))} for ${calls} calls`);
  if (!Array.isArray(failed) || !failed.every((at) => isIndex(at, results.length)))
    return invalid(address, `a list of failed calls that names others than ${results.length} results`);
  const replies = results.map((result): FunctionReply => ({ type: 'result', result }));
  for (const at of failed) replies[at] = { type: 'failed', result: results[at] };
  return { type: 'results', replies };
}

const isIndex = (value: unknown, end: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < end;

const invalid = (address: string, problem: string): BatchReply => ({
  type: 'invalid',
  error: messageInvalid(address, [problem]),
});
