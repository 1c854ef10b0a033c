import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { type Opening, requestRefused, type RxportError, serverOpen, tokenInvalid } from '../errors.js';

export interface GuardOptions {
  /** The address that is listened on, as it was given. */
  readonly host: string;
  /** What every request has to name; none needs to while this is undefined. */
  readonly token?: string | undefined;
  /** Further names by which the server is reached, by a proxy on this machine say. */
  readonly names?: readonly string[] | undefined;
}

export interface GuardedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
}

/** True for an address that only this machine reaches. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);

/**
 * By what others reach it: its address, or a name of its own, which makes sense behind a proxy only; undefined when
 * nothing but this machine does.
 */
export function openTo({ host, names = [] }: GuardOptions): Opening | undefined {
  if (!isLoopback(host)) return { address: host };
  const name = names.find((one) => !isLoopback(hostName(one)));
  return name === undefined ? undefined : { name };
}

/** Throws `ERR_SERVER_ADDRESS` for a server that others reach, without a token. */
export function checkAddress(options: GuardOptions): void {
  const opening = openTo(options);
  if (opening !== undefined && (options.token === undefined || options.token === '')) throw serverOpen(opening);
}

/**
 * Why a request is not answered: `ERR_REQUEST_REFUSED`, `ERR_TOKEN_INVALID`; undefined when it may be.
 *
 * A page in a browser on this machine reaches loopback too. It can not forge `Host`, which gives away a name that was
 * rebound to this address, nor `Origin` and `Sec-Fetch-Site`, which give away a write from another site.
 */
export function judge(request: GuardedRequest, options: GuardOptions): RxportError | undefined {
  const { method, headers } = request;
  const { host = '' } = headers;
  if (!isKnownHost(hostName(host), options))
    return requestRefused(`${JSON.stringify(host)} is none of the names of this server: ask it by its address`);
  if (options.token !== undefined && !isToken(headers.authorization, options.token)) return tokenInvalid();
  if (!isRead(method) && isForeign(headers, host))
    return requestRefused('a page of another site may not change anything here');
  return undefined;
}

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD' || method === 'OPTIONS';

/** `[::1]:9081` and `::1` are the same. */
function hostName(host: string): string {
  const [, name = host] = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host) ?? [];
  return name.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function isKnownHost(name: string, { host, names = [] }: GuardOptions): boolean {
  if (isLoopback(name) || name === hostName(host)) return true;
  if (names.some((one) => hostName(one) === name)) return true;
  // Of all addresses of the machine none is known here, and an address can not be rebound.
  return (host === '0.0.0.0' || host === '::') && isAddress(name);
}

const isAddress = (name: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || /^[\da-f:.]*:[\da-f:.]*$/.test(name);

function isForeign(headers: IncomingHttpHeaders, host: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  if (origin === undefined) return false;
  if (!URL.canParse(origin)) return true;
  const page = new URL(origin);
  // A URL drops the port that its protocol has anyway, a proxy may pass it on.
  const own = `${page.protocol}//${host}`;
  return !URL.canParse(own) || new URL(own).host !== page.host;
}

/** In a time that tells nothing of the token, its length included. */
function isToken(authorization: string | undefined, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? [];
  return timingSafeEqual(digest(given), digest(token));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
