import { rename } from 'node:fs/promises';
import { folderSplit } from '../errors.js';

/** One step for whoever looks. Rejects with `ERR_DATA_FOLDER` between two file systems, where there is no such step. */
export const moveTree = (from: string, to: string): Promise<void> =>
  rename(from, to).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EXDEV' ? folderSplit(from, to, cause) : cause;
  });
