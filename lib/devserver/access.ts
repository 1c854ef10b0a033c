/** Who may ask the test server: the rules of the service. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { accessRefused, configInvalid, type RxportError, tokenWanted } from '../errors.js';

export interface Access {
  /** The address that is listened on. */
  readonly host: string;
  /** What every request has to carry; without it only a loopback address can be bound. */
  readonly token?: string | undefined;
}

export interface Asked {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

const ANY = new Set(['0.0.0.0', '::']);

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** An address in figures can not be the name that somebody else has pointed here. */
const isAddress = (host: string): boolean => /^(\d{1,3}(\.\d{1,3}){3}|[\da-f:]+:[\da-f:.]*)$/i.test(host);

/** Throws `ERR_CONFIG_INVALID`. */
export function checkAddress({ host, token }: Access): void {
  if (isLoopback(host) || (token !== undefined && token !== '')) return;
  throw configInvalid('host', [`${host} is no loopback address: use 127.0.0.1, or set a token`]);
}

/** Why a request is not answered: `ERR_REQUEST_REFUSED`, `ERR_TOKEN_INVALID`; undefined when it may be. */
export function judge({ method, headers }: Asked, { host: bound, token }: Access): RxportError | undefined {
  // A page whose name was pointed to 127.0.0.1 after it was loaded says that name here.
  const host = hostOf(headers.host ?? '');
  if (!isLoopback(host) && host !== bound && !(ANY.has(bound) && isAddress(host)))
    return accessRefused(`the Host header names ${JSON.stringify(host)}: ask 127.0.0.1 or localhost`);
  if (token !== undefined && !isToken(headers.authorization, token)) return tokenWanted();
  if (method !== 'GET' && method !== 'HEAD' && isForeign(headers))
    return accessRefused('a page of another origin may not write here');
  return undefined;
}

/** `localhost` of `localhost:33333`, `::1` of `[::1]:33333`. */
const hostOf = (header: string): string =>
  (/^\[([^\]]*)\](:\d+)?$/.exec(header)?.[1] ?? header.replace(/:\d+$/, '')).toLowerCase();

function isForeign({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site === 'cross-site' || site === 'same-site') return true;
  return origin !== undefined && origin.toLowerCase() !== `http://${host}`.toLowerCase();
}

/** In the same time whatever is given. */
function isToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
