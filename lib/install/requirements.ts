/** What the `requirements.txt` of a plugin asks for. */
import { lstat, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isInside } from './copy-folder.js';
import { fingerprint, type HashFile, hashFile } from './fingerprint.js';
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

/** Hashes of what a requirement names in the plugin's folder: a wheel, a package, a further list. */
export async function filesNamed(
  requirements: string,
  dir: string,
  hash: HashFile = hashFile,
): Promise<readonly (readonly [string, string])[]> {
  const words = new Set(requirements.split(/[\s@=,;]+/).map((word) => word.replace(/^file:(\/\/)?/, '')));
  const found: (readonly [string, string])[] = [];
  for (const word of [...words].filter((one) => one !== '')) {
    const path = resolve(dir, word);
    const type = isInside(dir, path) ? await lstat(path).catch(() => undefined) : undefined;
    if (type?.isFile() === true) found.push([word, await hash(path)]);
    if (type?.isDirectory() === true)
      found.push(...[...(await fingerprint(path, undefined, hash))].filter(([file]) => !BUILT.test(file)));
  }
  return found.sort();
}
