import { copyFile, mkdir, readdir, realpath, symlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { zipPath } from '../errors.js';

/** True for `root` itself and for what lies below it; both absolute. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Copies a folder into `target`, which it makes: modes are kept, and links that stay inside, as relative ones.
 *
 * Rejects with `ERR_ZIP_PATH` for a link that leaves the folder or points to nothing, and for what is no plain file,
 * with the file system's own error when copying fails, and with the reason of an aborted `signal`.
 */
export async function copyFolder(source: string, target: string, signal?: AbortSignal): Promise<void> {
  const root = await realpath(source);

  const copy = async (from: string, to: string): Promise<void> => {
    await mkdir(to);
    for (const item of await readdir(from, { withFileTypes: true })) {
      signal?.throwIfAborted();
      const path = join(from, item.name);
      if (item.isDirectory()) await copy(path, join(to, item.name));
      else if (item.isFile()) await copyFile(path, join(to, item.name));
      else if (item.isSymbolicLink()) await symlink(await insideTarget(source, root, path), join(to, item.name));
      else throw zipPath(source, relative(root, path), 'a device, socket or pipe: remove it');
    }
  };

  await copy(root, target);
}

/** What the copy of a link holds: the way to its real target, which lies in the same place in the copy. */
async function insideTarget(source: string, root: string, link: string): Promise<string> {
  let target: string;
  try {
    target = await realpath(link);
  } catch {
    throw zipPath(source, relative(root, link), 'a link that points to nothing: remove it');
  }
  if (isInside(root, target)) return relative(dirname(link), target) || '.';
  throw zipPath(source, relative(root, link), `a link that leaves the folder (to ${target}): put a copy in its place`);
}
