/** Which files of a plugin's folder belong into its zip. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { zipPath } from '../errors.js';
import { isInside } from '../install/copy-folder.js';
import type { PackedFile } from './packed-file.js';

/** How a plugin is built decides what it leaves behind. */
export type Build = 'bundled' | 'node' | 'python' | 'go' | 'none';

const HIDDEN = /^\./;
/** Nobody wants these in a zip. */
const GIT = /^\.git/;
const ALWAYS_OUT = [HIDDEN, /^node_modules$/, /^__pycache__$/, /\.py[co]$/, /\.zip$/];

/** In the root only. */
const TESTS = /^(spec|test|tests)$/;

/** By path; the sources are in the executable. */
const OUT: Readonly<Record<Build, readonly RegExp[]>> = {
  bundled: [
    TESTS,
    /\.[cm]?tsx?$/,
    /^tsconfig[^/]*\.json$/,
    /^(package|package-lock)\.json$|^(yarn\.lock|pnpm-lock\.yaml)$/,
  ],
  node: [TESTS, /^(package-lock\.json|yarn\.lock|pnpm-lock\.yaml)$/],
  python: [TESTS, /(^|\/)(test_[^/]*|[^/]*_test)\.py$/],
  go: [/\.go$/, /^go\.(mod|sum|work|work\.sum)$/, /^vendor$/],
  none: [],
};

export interface Contents {
  readonly files: readonly PackedFile[];
  /** What is left out for a name that begins with a dot, and somebody may miss. */
  readonly hidden: readonly string[];
}

/**
 * The files below `dir`, without what only their author needs: dotfiles, `node_modules`, environments of Python, caches,
 * other zips, tests in the root, and the sources of what is built.
 *
 * A link counts as what it leads to; one that leaves the folder or leads to a folder is `ERR_ZIP_PATH`.
 */
export async function contents(dir: string, build: Build, signal?: AbortSignal): Promise<Contents> {
  const root = await realpath(dir);
  const hidden: string[] = [];
  const isOut = (name: string, path: string): boolean =>
    ALWAYS_OUT.some((pattern) => pattern.test(name)) || OUT[build].some((pattern) => pattern.test(path));
  const walk = async (folder: string): Promise<readonly PackedFile[]> => {
    const files: PackedFile[] = [];
    const items = await readdir(folder, { withFileTypes: true });
    // An environment of Python: programs for this machine, and links that leave the folder.
    if (items.some(({ name }) => name === 'pyvenv.cfg')) return files;
    for (const item of items) {
      signal?.throwIfAborted();
      const file = join(folder, item.name);
      const path = relative(root, file).replaceAll('\\', '/');
      if (HIDDEN.test(item.name) && !GIT.test(item.name)) hidden.push(path);
      if (isOut(item.name, path)) continue;
      if (item.isDirectory()) files.push(...(await walk(file)));
      else files.push(await packed(root, file, path, dir));
    }
    return files;
  };
  return { files: await walk(root), hidden: hidden.sort() };
}

async function packed(root: string, file: string, path: string, shown: string): Promise<PackedFile> {
  const real = await realpath(file).catch(() => undefined);
  if (real === undefined) throw zipPath(shown, path, 'a link that points to nothing: remove it');
  if (!isInside(root, real)) throw zipPath(shown, path, `a link that leaves the folder (to ${real}): put a copy there`);
  const found = await stat(real);
  if (!found.isFile()) throw zipPath(shown, path, 'no plain file: put files and folders there only');
  return { path, content: { file: real, bytes: found.size }, executable: (found.mode & 0o111) !== 0 };
}
