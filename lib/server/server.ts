import { systemClock } from '../clock.js';
import { durationProblem } from '../duration.js';
import { configInvalid, hostStopped, reasonOf, serverAddress } from '../errors.js';
import type { Downloads } from '../service/download.js';
import { removeRestFile, writeRestFile } from '../service/rest-file.js';
import type { Service } from '../service/service.js';
import { createApp } from './app.js';
import { EventStreams } from './event-streams.js';
import { checkAddress, openTo } from './guard.js';
import { Metrics } from './metrics.js';
import { HOST, PORT } from './port.js';

export interface ServerOptions {
  /** Address to listen on; default `127.0.0.1`. One that others reach needs a token. */
  readonly host?: string;
  /** Default 9081, as eKuiper; 0 lets the system choose. */
  readonly port?: number;
  /** What every request has to bring: `Authorization: Bearer <token>`. Default none. */
  readonly token?: string;
  /** Further names by which the server is reached, as `Host` has them; default none. With one others reach it: it needs a token. */
  readonly names?: readonly string[];
  /** Folders that a `file://` may name something in; default every one where only this machine reaches it, none elsewhere. */
  readonly folders?: readonly string[];
  /** Default none. */
  readonly downloads?: Downloads;
}

export interface Server {
  /** `http://127.0.0.1:9081` */
  readonly url: string;
  /** Answers nobody any more; the service runs on. */
  close(): Promise<void>;
}

/**
 * Serves the REST API of a service, and says where in `run/rest.json` of its data folder. Rejects with
 * `ERR_ADDRESS_IN_USE`, `ERR_SERVER_ADDRESS`, `ERR_CONFIG_INVALID`.
 */
export async function startServer(service: Service, options: ServerOptions = {}): Promise<Server> {
  const { host = HOST, port = PORT, token, names, downloads } = options;
  checkOptions(options);
  const guard = { host, token, names };
  checkAddress(guard);
  const streams = new EventStreams(systemClock);
  const metrics = new Metrics(service);
  const closing = new AbortController();
  const folders = options.folders ?? (openTo(guard) === undefined ? undefined : []);
  const sources = { folders, downloads, clock: systemClock, signal: closing.signal };
  const app = await createApp({ service, guard, sources, streams, metrics });
  const close = async (): Promise<void> => {
    closing.abort(hostStopped());
    streams.close();
    await app.close();
    metrics.close();
  };
  let url: string;
  try {
    url = await app.listen({ host, port });
  } catch (cause) {
    await close();
    throw serverAddress(`${host}:${port}`, cause);
  }
  // It only saves a command its --url.
  const tell = (write: typeof writeRestFile, unwritten: string): void => {
    try {
      write(service.dir, url);
    } catch (cause) {
      service.log.warn({ url }, `run/rest.json can not be ${unwritten}: ${reasonOf(cause)}`);
    }
  };
  tell(writeRestFile, 'written, commands on this folder need --url');
  return {
    url,
    close: async () => {
      await close();
      tell(removeRestFile, 'removed');
    },
  };
}

function checkOptions({ host, port, token, names, folders, downloads }: ServerOptions): void {
  const problems: string[] = [];
  if (host !== undefined && (typeof host !== 'string' || host === '')) problems.push('host is no address');
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) problems.push('port is no port');
  if (token !== undefined && !(typeof token === 'string' && /^\S+$/.test(token)))
    problems.push('token is no text without spaces');
  if (names !== undefined && !isTexts(names)) problems.push('names is no list of names');
  if (folders !== undefined && !isTexts(folders)) problems.push('folders is no list of folders');
  if (downloads !== undefined) problems.push(...downloadProblems(downloads));
  if (problems.length > 0) throw configInvalid('server options', problems);
}

function downloadProblems(downloads: Downloads | null): readonly string[] {
  const { hosts, timeout, maxBytes } = downloads ?? {};
  const problems: string[] = [];
  if (!isTexts(hosts)) problems.push('downloads.hosts is no list of hosts');
  else for (const host of hosts.filter((one) => !isHost(one))) problems.push(`downloads.hosts: ${noHost(host)}`);
  const late = timeout !== undefined && durationProblem(timeout, { zero: true, endless: false });
  if (late) problems.push(`downloads.timeout ${late}`);
  if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes >= 0))
    problems.push('downloads.maxBytes is no whole number of bytes');
  return problems;
}

/** A name, `*.` and a name, or an address, as a URL has it without port; an IPv6 one without brackets. */
function isHost(text: string): boolean {
  const name = text.toLowerCase().replace(/^\*\./, '');
  const host = /:.*:/.test(name) ? `[${name}]` : name;
  return !/[*[]/.test(name) && URL.canParse(`http://${host}`) && new URL(`http://${host}`).hostname === host;
}

const noHost = (text: string): string =>
  `${JSON.stringify(text)} is no host name, no address and no *.name: leave out protocol, port and path`;

const isTexts = (list: unknown): list is readonly string[] =>
  Array.isArray(list) && list.every((text) => typeof text === 'string' && text !== '');
