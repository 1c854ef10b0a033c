import { lookup } from 'node:dns';
import { createWriteStream } from 'node:fs';
import { get as getPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getSecure } from 'node:https';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { after, type Clock } from '../clock.js';
import { downloadFailed, downloadLate, downloadRefused, downloadTooLarge, RxportError } from '../errors.js';
import { isPrivateAddress } from './private-address.js';

export interface Downloads {
  /**
   * The only hosts that are asked: a name or an address, or `*.example.com` for every name below one. What a pattern
   * matches must not be on a private network; what is listed by name may be.
   */
  readonly hosts: readonly string[];
  /** Bytes; default 512 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds for the whole of it; default 120,000. */
  readonly timeout?: number;
}

const MAX_BYTES = 512 * 1024 * 1024;
const TIMEOUT = 120_000;
const MAX_REDIRECTS = 5;

/**
 * Writes what `uri` names to `path`, which must not exist. Rejects with `ERR_DOWNLOAD_REFUSED`, `ERR_DOWNLOAD_FAILED`,
 * `ERR_DOWNLOAD_LATE`, and with the reason of `signal`.
 */
export async function download(
  uri: URL,
  path: string,
  { hosts, maxBytes = MAX_BYTES, timeout = TIMEOUT }: Downloads,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const expiry = new AbortController();
  const timer = after(clock, timeout, () => expiry.abort(downloadLate(uri.href, timeout)));
  const ended = AbortSignal.any([signal, expiry.signal]);
  try {
    const response = await follow(uri, hosts, ended);
    if (Number(response.headers['content-length']) > maxBytes) {
      response.destroy();
      throw downloadTooLarge(uri.href, maxBytes);
    }
    await pipeline(response, limit(uri.href, maxBytes), createWriteStream(path, { flags: 'wx', mode: 0o600 }), {
      signal: ended,
    });
  } catch (thrown) {
    // What a stream says of an abort is not why.
    ended.throwIfAborted();
    throw thrown instanceof RxportError ? thrown : downloadFailed(uri.href, thrown);
  } finally {
    timer.unsubscribe();
  }
}

/** The answer, after redirects to hosts that are listed as well. */
async function follow(uri: URL, hosts: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
  let at = uri;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
    const response = await ask(at, hosts, signal);
    const { statusCode = 0, headers } = response;
    if (statusCode === 200) return response;
    response.destroy();
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined)
      throw downloadFailed(uri.href, `${at.host} answered ${statusCode}`);
    const to = parse(headers.location, at);
    if (to === undefined || (at.protocol === 'https:' && to.protocol !== 'https:'))
      throw downloadRefused(uri.href, `it leads to ${headers.location}`);
    at = to;
  }
  throw downloadFailed(uri.href, `it leads on more than ${MAX_REDIRECTS} times`);
}

function ask(uri: URL, hosts: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
  const host = uri.hostname.replace(/^\[|\]$/g, '');
  const listed = hosts.map((one) => one.toLowerCase());
  const byName = listed.includes(host);
  if (!byName && !listed.some((one) => one.startsWith('*.') && host.endsWith(one.slice(1))))
    throw downloadRefused(uri.href, `${host} is not among the hosts that downloads are allowed from`);
  const refused = (address: string): RxportError =>
    downloadRefused(uri.href, `${host} is ${address}, on a private network, and not listed by name`);
  // An address is not looked up.
  if (!byName && isPrivateAddress(host)) throw refused(host);
  const get = uri.protocol === 'https:' ? getSecure : getPlain;
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { signal, agent: false, ...(!byName && { lookup: publicLookup(refused) }) };
    get(uri.href, options, resolve).on('error', reject);
  });
}

/** Looks a name up that is on no private network. Where the connection goes is what is checked: a second look-up might say something else. */
export const publicLookup =
  (refused: (address: string) => RxportError): NonNullable<RequestOptions['lookup']> =>
  (hostname, options, callback) =>
    lookup(hostname, options, (error, addresses, family) => {
      const found = typeof addresses === 'string' ? [addresses] : (addresses ?? []).map(({ address }) => address);
      const hidden = found.find(isPrivateAddress);
      callback(hidden === undefined ? error : refused(hidden), addresses, family);
    });

function limit(uri: string, most: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > most) done(downloadTooLarge(uri, most));
      else done(null, chunk);
    },
  });
}

function parse(location: string, base: URL): URL | undefined {
  if (!URL.canParse(location, base.href)) return undefined;
  const uri = new URL(location, base);
  return uri.protocol === 'http:' || uri.protocol === 'https:' ? uri : undefined;
}
