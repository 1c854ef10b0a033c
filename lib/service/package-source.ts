import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock } from '../clock.js';
import { downloadFailed, downloadRefused, installNotFound, uriInvalid } from '../errors.js';
import { isInside } from '../install/copy-folder.js';
import { download, type Downloads } from './download.js';

export interface SourcePolicy {
  /** Folders that a `file://` may name something in; default every one. */
  readonly folders?: readonly string[] | undefined;
  /** Default none. */
  readonly downloads?: Downloads | undefined;
  /** For downloads, on the file system of the data folder. */
  readonly staging: string;
  readonly clock: Clock;
  /** Gives a download up. */
  readonly signal: AbortSignal;
}

/** Does `work` with the zip or folder that `uri` names, which is there until then. */
export async function withPackage<T>(
  uri: string,
  policy: SourcePolicy,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.protocol === 'file:') return work(await localPath(uri, url, policy.folders));
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') throw uriInvalid(uri);
  if (!url.pathname.endsWith('.zip')) throw uriInvalid(uri);
  return withDownload(url, policy, work);
}

/** Without links: what is checked is what is installed. */
async function localPath(uri: string, url: URL, folders: readonly string[] | undefined): Promise<string> {
  if (url.host !== '' && url.host !== 'localhost') throw uriInvalid(uri);
  let path: string;
  try {
    path = fileURLToPath(`file://${url.pathname}`);
  } catch {
    throw uriInvalid(uri);
  }
  const roots = await Promise.all((folders ?? ['/']).map((folder) => realpath(folder).catch(() => undefined)));
  const isAllowed = (real: string): boolean => roots.some((root) => root !== undefined && isInside(root, real));
  const real = await realpath(path).catch((cause: unknown) => {
    // Who may not read it is not told whether it is there.
    if (folders !== undefined) throw refused(uri, folders);
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw isMissing ? installNotFound(path, 'no such file or folder') : downloadFailed(uri, cause);
  });
  if (!isAllowed(real)) throw refused(uri, folders ?? []);
  return real;
}

const refused = (uri: string, folders: readonly string[]) =>
  downloadRefused(uri, `it is not in ${folders.join(', ') || 'a folder that is allowed, since none is'}`);

async function withDownload<T>(
  url: URL,
  { downloads, staging, clock, signal }: SourcePolicy,
  work: (path: string) => Promise<T>,
): Promise<T> {
  if (downloads === undefined) throw downloadRefused(url.href, 'downloads are off: name the hosts that are allowed');
  await mkdir(staging, { recursive: true });
  const root = await mkdtemp(join(staging, 'download-'));
  try {
    const path = join(root, fileName(url));
    await download(url, path, downloads, { clock, signal });
    return await work(path);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** A plugin is looked for by the name of its zip. */
function fileName({ pathname }: URL): string {
  const name = basename(pathname);
  return /^[A-Za-z0-9_.-]{1,128}$/.test(name) ? name : 'package.zip';
}
