/** Who may ask the test server. The rules are those of the service. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { accessRefused, configInvalid, tokenInvalid } from '../errors.js';

export interface Access {
  /** The address that is bound. */
  readonly host: string;
  /** Without it only a loopback address can be bound. */
  readonly token?: string | undefined;
}

/** No request is larger. */
export const BODY_LIMIT = 1024 * 1024;

const ANY = new Set(['0.0.0.0', '::']);

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** An address in figures can not be the name that somebody else has pointed here. */
const isAddress = (host: string): boolean => /^(\d{1,3}(\.\d{1,3}){3}|[\da-f:]+:[\da-f:.]*)$/i.test(host);

/** Throws `ERR_CONFIG_INVALID`. */
export function checkAccess({ host, token }: Access): void {
  if (token !== undefined && token.length < 8) throw configInvalid('token', ['has fewer than 8 characters']);
  if (token === undefined && !isLoopback(host))
    throw configInvalid('host', [`${host} is no loopback address: use 127.0.0.1, or set a token`]);
}

/** Refuses what a foreign page or machine may have sent, before its body is read. */
export function guard(app: FastifyInstance, access: Access): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    checkHost(request, access.host);
    checkOrigin(request);
    checkToken(request, access.token);
  });
}

/** A page whose name was pointed to 127.0.0.1 after it was loaded says that name here. */
function checkHost({ headers }: FastifyRequest, bound: string): void {
  const host = hostOf(headers.host ?? '');
  const known = isLoopback(host) || host === bound || (ANY.has(bound) && isAddress(host));
  if (!known) throw accessRefused(`the Host header names ${JSON.stringify(host)}: ask 127.0.0.1 or localhost`);
}

/** `localhost` of `localhost:33333`, `::1` of `[::1]:33333`. */
const hostOf = (header: string): string =>
  (/^\[([^\]]*)\](:\d+)?$/.exec(header)?.[1] ?? header.replace(/:\d+$/, '')).toLowerCase();

function checkOrigin({ method, headers }: FastifyRequest): void {
  if (method === 'GET' || method === 'HEAD') return;
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const foreign = origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase();
  if (foreign || site === 'cross-site' || site === 'same-site')
    throw accessRefused('a page of another origin may not write here');
}

function checkToken({ headers }: FastifyRequest, token: string | undefined): void {
  if (token === undefined) return;
  const given = /^Bearer +(.+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
  // Of equal length, whatever was given.
  if (!timingSafeEqual(digest(given), digest(token))) throw tokenInvalid();
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
