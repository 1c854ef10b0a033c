import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { dataFolder } from '../errors.js';

/**
 * What is in a folder of the data folder; nothing when that is not there. Rejects with `ERR_DATA_FOLDER` otherwise: what
 * can not be seen is not gone.
 */
export async function listFolder(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    // A link to a disk that is not mounted is there.
    if (await isAbsent(folder)) return [];
    throw dataFolder(folder, cause);
  }
}

/** Not there for sure. */
export const isAbsent = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => false,
    (cause: NodeJS.ErrnoException) => cause.code === 'ENOENT',
  );
