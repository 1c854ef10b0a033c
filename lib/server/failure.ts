import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_CODES, internalError, requestInvalid, requestTooLarge, requestType, RxportError } from '../errors.js';
import { detailsOf } from './details.js';

/** What every failure says: eKuiper's two keys, then ours. */
export interface Failure {
  /** eKuiper's codes: 1002 for what is not there, 1000 for everything else. */
  readonly error: 1000 | 1002;
  readonly message: string;
  readonly code: string;
  /** Our own words, where `message` is eKuiper's and says less. */
  readonly reason?: string;
  /** Facts behind the text, for programs; left out when there are none. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Bytes. */
export const BODY_LIMIT = 1024 * 1024;

const TEXT = 'text/plain; charset=utf-8';

/** The body of an answer; `message` is eKuiper's where it has one. */
export function failure(status: number, error: RxportError, message = error.message): Failure {
  const isSaid = error.message === '' || message.includes(error.message);
  const details = detailsOf(error, isSaid ? message : `${message} ${error.message}`);
  return {
    error: status === 404 ? 1002 : 1000,
    message,
    code: error.code,
    ...(!isSaid && { reason: error.message }),
    ...(details !== undefined && { details }),
  };
}

/** Under the status of its code, as JSON. */
export function sendFailure(reply: FastifyReply, error: RxportError): FastifyReply {
  const status = ERROR_CODES[error.code].http;
  if (error.code === 'ERR_TOKEN_INVALID') reply.header('www-authenticate', 'Bearer');
  return reply.code(status).send(failure(status, error));
}

/** In eKuiper's words: JSON that is called text. */
export function sendWords(reply: FastifyReply, status: 400 | 404, message: string, error: RxportError): FastifyReply {
  return reply
    .code(status)
    .type(TEXT)
    .send(JSON.stringify(failure(status, error, message)));
}

/** As eKuiper says that something was done. */
export const sendText = (reply: FastifyReply, status: 200 | 201, text: string): FastifyReply =>
  reply.code(status).type(TEXT).send(text);

/** What a handler, or Fastify itself, has thrown. */
export function asError(thrown: unknown, request?: Pick<FastifyRequest, 'headers'>): RxportError {
  if (thrown instanceof RxportError) return thrown;
  const { code, validation, statusCode = 500, message = 'the request is invalid' } = thrown as Partial<FastifyError>;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return requestTooLarge(BODY_LIMIT);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return requestType(request?.headers['content-type']);
  if (validation !== undefined || statusCode < 500) return requestInvalid(message, thrown);
  return internalError(thrown);
}
