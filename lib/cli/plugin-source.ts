/** What `plugin install` is given: a zip, a folder, or the address of one. A service wants its name and an address. */
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installNotFound, reasonOf, sourceUnnamed } from '../errors.js';
import { findManifest } from '../install/find-manifest.js';
import { type RootFile, rootOf } from './zip-root.js';

const isAddress = (source: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(source);

/** A path becomes a `file:` address; an address stays what it is. */
export const uriOf = (source: string): string => (isAddress(source) ? source : pathToFileURL(resolve(source)).href);

/** A `file:` address is a path to us. Rejects with `ERR_INSTALL_NOT_FOUND` what names another machine. */
export function pathOf(source: string): string {
  if (!/^file:\/\//i.test(source)) return source;
  try {
    return fileURLToPath(source);
  } catch (cause) {
    throw installNotFound(source, reasonOf(cause));
  }
}

/**
 * The name of the plugin in `source`: of the manifest in its root, or of the file when nothing can be looked at. Rejects
 * with `ERR_INSTALL_NOT_FOUND`, `ERR_MANIFEST_MISSING`, `ERR_ZIP_INVALID`, `ERR_CLI_USAGE`.
 */
export async function nameOf(source: string): Promise<string> {
  const path = pathOf(source);
  if (isAddress(path)) return stem(new URL(path).pathname);
  const found = await stat(path).catch((cause: unknown) => {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    // An address may be one of the machine of the service.
    if (missing && isAddress(source)) return undefined;
    throw installNotFound(source, missing ? 'no such file or folder' : reasonOf(cause));
  });
  if (found === undefined) return stem(path);
  if (found.isDirectory()) {
    await readdir(path);
    return (await findManifest(path, basename(resolve(path)), source)).name;
  }
  const { files, wrapper } = await rootOf(path);
  return nameIn(path, files, wrapper);
}

/** As an installation decides: `thermo` of a zip with `thermo.json` and `package.json`, of which only one is a manifest. */
export function nameIn(source: string, files: readonly RootFile[], wrapper?: string): string {
  const whole = files.filter(({ isManifest }) => isManifest);
  const names = (whole.length > 0 ? whole : files).map(({ name }) => basename(name, '.json'));
  const [only, ...others] = names;
  if (only === undefined) throw sourceUnnamed(source, 'it has no manifest (<name>.json) in its root');
  const hints = [basename(source, extname(source)), wrapper];
  const named = others.length === 0 ? only : names.find((name) => hints.includes(name));
  if (named === undefined) throw sourceUnnamed(source, `${names.join(', ')} could all be its name`);
  return named;
}

const stem = (path: string): string => basename(path).replace(/\.zip$/i, '');
