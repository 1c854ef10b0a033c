/** One request to a service: with a deadline, a bound on the answer, and errors by their code. */
import { addAbortSignal, Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { isLeft } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { after, systemClock } from '../clock.js';
import {
  reasonOf,
  requestInterrupted,
  RxportError,
  serviceAnswer,
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
      const response = await this.fetch(path, request, AbortSignal.any([signal, late.signal]));
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
      const response = await this.fetch(path, {}, AbortSignal.any([signal, late.signal]));
      if (!response.ok) await this.read(response);
      if (response.body === null) throw serviceAnswer(url + path, 'it is empty');
      // Not by the signal of the request alone: fetch forgets that once the request has been collected as garbage.
      return addAbortSignal(signal, Readable.fromWeb(response.body as WebStream<Uint8Array>));
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
    return serviceUnreachable(url, whyOf(cause), cause);
  }

  private fetch(path: string, { method = 'GET', body }: Request, signal: AbortSignal): Promise<Response> {
    const { url, token } = this.options;
    return fetch(url + path, {
      method,
      signal,
      // A token is for the service that was named, not for where that points.
      redirect: 'error',
      headers: {
        accept: 'application/json, text/plain, text/event-stream',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  private async read(response: Response): Promise<string> {
    const body = await bounded(response, MAX_ANSWER, () => serviceAnswer(response.url, `over ${MAX_ANSWER} bytes`));
    if (response.ok) return body;
    const refusal = parsed(body);
    if (!Refusal.is(refusal)) throw serviceRefused(this.options.url, response.status, body.trim().slice(0, 200));
    const text = refusalText(refusal);
    throw isErrorCode(refusal.code)
      ? new RxportError(refusal.code, text, { details: refusal.details ?? {} })
      : serviceRefused(this.options.url, response.status, text);
  }
}

async function bounded(response: Response, limit: number, tooLong: () => RxportError): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  for await (const chunk of body ?? []) {
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

/** `fetch failed` says nothing; its cause does. */
const whyOf = (thrown: unknown): string => {
  const { cause } = Object(thrown) as { readonly cause?: unknown };
  const code = (Object(cause) as { readonly code?: unknown }).code;
  return typeof code === 'string' ? code : reasonOf(cause ?? thrown);
};
