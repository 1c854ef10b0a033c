/** What the `requirements.txt` of a plugin asks for. */
import { lstat, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isInside } from './copy-folder.js';
import { type Fingerprint, fingerprint, type HashFile, hashFile } from './fingerprint.js';
import type { InstalledPlugin } from './installed-plugin.js';

export const REQUIREMENTS = 'requirements.txt';
/** What building a package leaves beside its sources. */
const BUILT = /(^|\/)(__pycache__|build|[^/]+\.egg-info)(\/|$)/;

/** Without comments and empty lines: they change nothing. */
export async function requirementsOf({ dir }: InstalledPlugin): Promise<string> {
  const text = await readFile(join(dir, REQUIREMENTS), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw cause;
  });
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  return lines.filter((line) => line !== '').join('\n');
}

/** By its path in the plugin's folder, with `/`. */
export type IsOfPackage = (path: string) => boolean;

const SOURCE = /\.(py|pyi|pyx|pxd|c|cc|cpp|h|hpp|rs|toml|cfg|in)$/;

/** Where nobody knows what the package has brought: a plugin writes data beside it, and `rxport dev` environments. */
const isSource: IsOfPackage = (path) => SOURCE.test(path) && !path.split('/').some((part) => part.startsWith('.'));

/** While a package is staged nothing has run there; later what was written down of it counts. */
export const ofPackage = (written: Fingerprint | undefined, isStaged: boolean): IsOfPackage | undefined => {
  if (written !== undefined) return (path) => written.has(path);
  return isStaged ? () => true : undefined;
};

interface Named {
  readonly hash?: HashFile | undefined;
  readonly isOfPackage?: IsOfPackage | undefined;
}

/**
 * Hashes of what a requirement names in the plugin's folder: a wheel, a package, a further list. Of a folder only what is of
 * the package, since the plugin works there.
 */
export async function filesNamed(
  requirements: string,
  dir: string,
  { hash = hashFile, isOfPackage = isSource }: Named = {},
): Promise<readonly (readonly [string, string])[]> {
  const words = new Set(requirements.split(/[\s@=,;]+/).map((word) => word.replace(/^file:(\/\/)?/, '')));
  const found: (readonly [string, string])[] = [];
  for (const word of [...words].filter((one) => one !== '')) {
    const path = resolve(dir, word);
    const type = isInside(dir, path) ? await lstat(path).catch(() => undefined) : undefined;
    if (type?.isFile() === true) found.push([word, await hash(path)]);
    if (type?.isDirectory() === true) {
      const counts = (file: string): boolean => !BUILT.test(file) && isOfPackage(slashed(dir, join(path, file)));
      // Nothing else is read: it may be large.
      const hashCounted: HashFile = (file, signal) =>
        counts(slashed(path, file)) ? hash(file, signal) : Promise.resolve('');
      found.push(...[...(await fingerprint(path, undefined, hashCounted))].filter(([file]) => counts(file)));
    }
  }
  return found.sort();
}

const slashed = (from: string, to: string): string => relative(from, to).split(sep).join('/');
