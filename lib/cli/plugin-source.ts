/** What `plugin install` is given: a zip, a folder, or the address of one. A service wants its name and an address. */
import { readdir, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openPromise } from 'yauzl';
import { installNotFound, reasonOf, sourceUnnamed, zipInvalid } from '../errors.js';
import { findManifest } from '../install/find-manifest.js';

const isAddress = (source: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(source);

/** A path becomes a `file:` address; an address stays what it is. */
export const uriOf = (source: string): string => (isAddress(source) ? source : pathToFileURL(resolve(source)).href);

/**
 * The name of the plugin in `source`: of the manifest in its root, or of the file when nothing can be looked at. Rejects
 * with `ERR_INSTALL_NOT_FOUND`, `ERR_MANIFEST_MISSING`, `ERR_ZIP_INVALID`, `ERR_CLI_USAGE`.
 */
export async function nameOf(source: string): Promise<string> {
  if (isAddress(source)) return stem(new URL(source).pathname);
  const found = await stat(source).catch((cause: unknown) => {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw installNotFound(source, missing ? 'no such file or folder' : reasonOf(cause));
  });
  if (found.isDirectory()) {
    await readdir(source);
    return (await findManifest(source, basename(resolve(source)), source)).name;
  }
  return nameIn(source, await rootFiles(source));
}

/** `thermo` for `thermo-2.zip` with `thermo.json` and `package.json` in its root. */
export function nameIn(source: string, files: readonly string[]): string {
  const names = files.filter((file) => file.endsWith('.json')).map((file) => basename(file, '.json'));
  const [only, ...others] = names;
  if (only === undefined) throw sourceUnnamed(source, 'it has no manifest (<name>.json) in its root');
  if (others.length === 0) return only;
  const file = stem(source);
  const begun = names.filter((name) => file.startsWith(name)).sort((a, b) => b.length - a.length);
  if (begun[0] === undefined) throw sourceUnnamed(source, `${names.join(', ')} could all be its name`);
  return begun[0];
}

const stem = (path: string): string => basename(path).replace(/\.zip$/i, '');

/** The files in the root of a zip, or in the one folder that it is wrapped in. */
async function rootFiles(file: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    const zip = await openPromise(file, { lazyEntries: true, autoClose: true });
    for await (const { fileName } of zip.eachEntry()) names.push(fileName);
  } catch (cause) {
    throw zipInvalid(file, reasonOf(cause), cause);
  }
  const own = names.filter((name) => !name.startsWith('__MACOSX/') && !name.endsWith('.DS_Store'));
  const tops = new Set(own.map((name) => name.split('/')[0]));
  const prefix = tops.size === 1 && own.every((name) => name.includes('/')) ? `${[...tops][0]}/` : '';
  return own
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => name !== '' && !name.includes('/'));
}
