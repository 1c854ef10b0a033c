/** Requests that do not become one: what is said to them goes past Fastify. */
import type { ConnectionError } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { requestInvalid, type RxportError } from '../errors.js';

/** By Node's code; everything else is 400. */
const STATUS: Readonly<Record<string, readonly [status: number, problem: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request has not come whole in time'],
  HPE_HEADER_OVERFLOW: [431, 'the headers of the request are too large'],
};

/** Answers under `ERR_REQUEST_INVALID`, in the shape that `body` gives every failure, and closes the connection. */
export const refusesUnread =
  (body: (status: number, error: RxportError) => object) =>
  (cause: ConnectionError, socket: Duplex): void => {
    // Nobody is there any more.
    if (cause.code === 'ECONNRESET' || socket.destroyed) return;
    const [status, problem] = STATUS[cause.code] ?? [400, `the request is no HTTP: ${cause.message}`];
    if (socket.writable) socket.write(answer(status, JSON.stringify(body(status, requestInvalid(problem, cause)))));
    socket.destroy(cause);
  };

const answer = (status: number, body: string): string =>
  [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
