/** What allows what was refused: the flag, where an error of a service names only the setting. */
import { RxportError } from '../errors.js';
import { isLoopback } from '../server/guard.js';

/** The host that `source` would be downloaded from; undefined for what is no `http` or `https` address. */
export function downloadHost(source: string): string | undefined {
  const url = URL.canParse(source) ? new URL(source) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? bare(url.hostname) : undefined;
}

/** The host of a service that is not on this machine, as far as its address tells. */
export function farHost(service: string): string | undefined {
  const host = bare(new URL(service).hostname);
  return isLoopback(host) ? undefined : host;
}

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');

/** Why the service at `service` does not take the package `source`, and what to do; other errors are as they were. */
export function withPackageDoor(thrown: unknown, source: string, service: string): unknown {
  if (!(thrown instanceof RxportError)) return thrown;
  const far = farHost(service);
  const isFile = downloadHost(source) === undefined;
  const isLost = thrown.code === 'ERR_INSTALL_NOT_FOUND' || thrown.code === 'ERR_DOWNLOAD_REFUSED';
  return isFile && isLost && far !== undefined
    ? withHints(thrown, [`a path is looked for on ${far}`, flagFor(thrown, source)])
    : withHints(thrown, [flagFor(thrown, source)]);
}

/** A zip that goes beyond what a flag of the command itself raises. */
export const withZipDoor = (thrown: unknown): unknown =>
  thrown instanceof RxportError ? withHints(thrown, [zipFlagFor(thrown)]) : thrown;

function zipFlagFor({ code, details }: RxportError, command = ''): string | undefined {
  if (code !== 'ERR_ZIP_LIMIT') return undefined;
  if (details['limit'] === 'entries') return `${command}--max-files raises that`;
  return details['limit'] === 'bytes' ? `${command}--max-unpacked raises that` : undefined;
}

function flagFor(error: RxportError, source: string): string | undefined {
  const { code, message } = error;
  if (code === 'ERR_ZIP_LIMIT') return zipFlagFor(error, 'rxport serve ');
  // A redirection to what is no allowed address at all.
  if (code !== 'ERR_DOWNLOAD_REFUSED' || message.includes('it leads to ')) return undefined;
  const host = downloadHost(source);
  if (host === undefined) return 'rxport serve --packages FOLDER allows a folder';
  const [, named = host] = /(\S+) is (?:not among|\S+, on a private)/.exec(message) ?? [];
  return `rxport serve --download ${named} allows that`;
}

/** An address that others reach wants a token, and who asks there: where that is read from. */
export function withTokenDoor(thrown: unknown): unknown {
  if (!(thrown instanceof RxportError)) return thrown;
  const { code, details, cause } = thrown;
  // How the header is called says nothing to who does not write it.
  if (code === 'ERR_TOKEN_INVALID')
    return new RxportError(code, `the service wants its token: ${TOKEN_DOOR}`, { details, cause });
  return code === 'ERR_SERVER_ADDRESS' && cause === undefined ? withHints(thrown, [TOKEN_DOOR]) : thrown;
}

const TOKEN_DOOR = 'a token is read from RXPORT_TOKEN or the file of --token-file';

export function withHints(error: RxportError, hints: readonly (string | undefined)[]): RxportError {
  const { code, message, details, cause } = error;
  const said = hints.filter((hint) => hint !== undefined);
  return said.length === 0 ? error : new RxportError(code, [message, ...said].join('; '), { details, cause });
}
