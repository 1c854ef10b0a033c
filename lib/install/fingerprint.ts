/** What the files of a folder are, as hashes. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChangedFiles } from '../errors.js';
import { inParallel } from './in-parallel.js';

/** By path relative to the folder, with "/": the SHA-256 of a file in hex, or `link:` and where a link leads. */
export type Fingerprint = ReadonlyMap<string, string>;

/** Files that are read at a time. */
const AT_ONCE = 8;
/** Up to this size in one piece; beyond it memory stays flat, and the loop goes on in between. */
const WHOLE = 256 * 1024;

const NONE: ChangedFiles = { changed: [], missing: [], added: [] };

/** Resolves with the SHA-256 of a file, in hex. */
export type HashFile = (path: string, signal?: AbortSignal) => Promise<string>;

/** Reads the file. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  if ((await lstat(path)).size <= WHOLE) return hash.update(await readFile(path)).digest('hex');
  signal?.throwIfAborted();
  // Without the signal: a stream that is made with one that is aborted opens its file and never closes it.
  for await (const chunk of createReadStream(path, { highWaterMark: WHOLE })) {
    signal?.throwIfAborted();
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

/** Of everything in `dir`; folders count by what is in them. */
export async function fingerprint(dir: string, signal?: AbortSignal, hash: HashFile = hashFile): Promise<Fingerprint> {
  const print = new Map<string, string>();
  await inParallel(AT_ONCE, await pathsIn(dir), async (path) => {
    signal?.throwIfAborted();
    print.set(path, await printOf(join(dir, path), hash, signal));
  });
  return print;
}

export interface CompareOptions {
  /** Also what `print` does not name, and the caches that Python writes beside its files. */
  readonly strict: boolean;
  /** Default `hashFile`. */
  readonly hash?: HashFile | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How the files in `dir` differ from `print`; sorted. */
export async function compare(
  print: Fingerprint,
  dir: string,
  { strict, hash = hashFile, signal }: CompareOptions,
): Promise<ChangedFiles> {
  const changed: string[] = [];
  const missing: string[] = [];
  const known = [...print].filter(([path]) => strict || !isCache(path));
  await inParallel(AT_ONCE, known, async ([path, expected]) => {
    signal?.throwIfAborted();
    const found = await printOf(join(dir, path), hash, signal).catch(() => undefined);
    if (found === undefined) missing.push(path);
    else if (found !== expected) changed.push(path);
  });
  const added = strict ? (await pathsIn(dir)).filter((path) => !print.has(path)) : [];
  return { changed: changed.sort(), missing: missing.sort(), added: [...added].sort() };
}

export const differs = (files: ChangedFiles): boolean => namesOf(files).length > 0;

export const namesOf = ({ changed, missing, added }: ChangedFiles = NONE): readonly string[] =>
  [...changed, ...missing, ...added].sort();

const isCache = (path: string): boolean => path.split('/').includes('__pycache__');

async function printOf(path: string, hash: HashFile, signal: AbortSignal | undefined): Promise<string> {
  const found = await lstat(path);
  if (found.isSymbolicLink()) return `link:${await readlink(path)}`;
  // A pipe would be read for ever.
  return found.isFile() ? hash(path, signal) : 'other';
}

/** Files, links and whatever else is no folder. */
async function pathsIn(dir: string, below = ''): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const item of await readdir(join(dir, below), { withFileTypes: true })) {
    const path = below === '' ? item.name : `${below}/${item.name}`;
    if (item.isDirectory()) paths.push(...(await pathsIn(dir, path)));
    else paths.push(path);
  }
  return paths;
}
