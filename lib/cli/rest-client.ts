/** One request to a service: with a deadline, a bound on the answer, and errors by their code. */
import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { addAbortSignal } from 'node:stream';
import { isLeft } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { after, systemClock } from '../clock.js';
import {
  reasonOf,
  requestInterrupted,
  RxportError,
  serviceAnswer,
  serviceGone,
  serviceLate,
  serviceRefused,
  serviceUnreachable,
} from '../errors.js';
import { Refusal, refusalText } from './answers.js';
import { isErrorCode } from './failure.js';

export interface RestClientOptions {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token?: string | undefined;
  /** Milliseconds until a whole answer is there, whatever a request says. */
  readonly timeout?: number | undefined;
  /** The command has been interrupted. */
  readonly signal: AbortSignal;
}

export interface Request {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** Milliseconds until the whole answer is there; default 10,000. */
  readonly timeout?: number;
  /** Of a change, which a service goes on with when nobody waits for it: the command that tells how it is. */
  readonly look?: string;
}

interface Ending {
  readonly late?: AbortSignal;
  readonly look?: string | undefined;
}

const TIMEOUT = 10_000;
const MAX_ANSWER = 16 * 1024 * 1024;

export class RestClient {
  constructor(private readonly options: RestClientOptions) {}

  /** The command has been interrupted. */
  get signal(): AbortSignal {
    return this.options.signal;
  }

  /** The answer, checked. Rejects with `ERR_CLI_*`, or with the code that the service names. */
  async json<A>(path: string, codec: t.Decoder<unknown, A>, request: Request = {}): Promise<A> {
    const text = await this.text(path, request);
    const decoded = codec.decode(parsed(text));
    if (isLeft(decoded))
      throw serviceAnswer(this.options.url + path, PathReporter.report(decoded).slice(0, 3).join('; '));
    return decoded.right;
  }

  async text(path: string, request: Request = {}): Promise<string> {
    const { url, signal } = this.options;
    const timeout = this.options.timeout ?? request.timeout ?? TIMEOUT;
    const late = new AbortController();
    const timer = after(systemClock, timeout, () => late.abort(serviceLate(url, timeout, request.look)));
    try {
      const response = await this.send(path, request, AbortSignal.any([signal, late.signal]));
      return await this.read(response);
    } catch (cause) {
      throw this.failed(cause, { late: late.signal, look: request.look });
    } finally {
      timer.unsubscribe();
    }
  }

  /** The body of an answer that goes on; its beginning has a deadline. */
  async stream(path: string): Promise<AsyncIterable<Uint8Array>> {
    const { url, signal, timeout = TIMEOUT } = this.options;
    const late = new AbortController();
    const timer = after(systemClock, timeout, () => late.abort(serviceLate(url, timeout)));
    try {
      const response = await this.send(path, {}, AbortSignal.any([signal, late.signal]));
      if (!isOk(response)) await this.read(response);
      // Not by the signal of the request alone, which may be collected as garbage.
      return addAbortSignal(signal, response);
    } catch (cause) {
      throw this.failed(cause, { late: late.signal });
    } finally {
      timer.unsubscribe();
    }
  }

  /** Our error for whatever ended a request. */
  failed(cause: unknown, { late, look }: Ending = {}): RxportError {
    const { url, signal } = this.options;
    if (cause instanceof RxportError) return cause;
    if (signal.aborted) return requestInterrupted(look);
    if (late?.aborted === true && late.reason instanceof RxportError) return late.reason;
    const why = whyOf(cause);
    return why === 'ECONNRESET' ? serviceGone(url, look, cause) : serviceUnreachable(url, why, cause);
  }

  /** Not by `fetch`, which refuses ports that a service may have. A redirection is not followed: the token is for who was named. */
  private send(path: string, { method = 'GET', body }: Request, signal: AbortSignal): Promise<IncomingMessage> {
    const { url, token } = this.options;
    const headers = {
      accept: 'application/json, text/plain, text/event-stream',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    const request = url.startsWith('https:') ? requestSecure : requestPlain;
    return new Promise((resolve, reject) => {
      const sent = request(url + path, { method, headers, signal, agent: false }, resolve);
      sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  private async read(response: IncomingMessage): Promise<string> {
    const { url } = this.options;
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400) {
      response.destroy();
      throw serviceUnreachable(url, `it leads to ${headers.location ?? 'nowhere'}, which is not followed`);
    }
    const body = await bounded(response, MAX_ANSWER, () => serviceAnswer(url, `over ${MAX_ANSWER} bytes`));
    if (isOk(response)) return body;
    const refusal = parsed(body);
    if (!Refusal.is(refusal)) throw serviceRefused(url, statusCode, body.trim().slice(0, 200));
    const text = refusalText(refusal);
    throw isErrorCode(refusal.code)
      ? new RxportError(refusal.code, text, { details: refusal.details ?? {} })
      : serviceRefused(url, statusCode, text);
  }
}

const isOk = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;

async function bounded(
  response: AsyncIterable<Uint8Array>,
  limit: number,
  tooLong: () => RxportError,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > limit) throw tooLong();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The code of a connection that failed says it in short. */
const whyOf = (thrown: unknown): string => {
  const { code } = Object(thrown) as { readonly code?: unknown };
  return typeof code === 'string' ? code : reasonOf(thrown);
};
