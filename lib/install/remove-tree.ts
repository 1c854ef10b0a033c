import { chmod, lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../errors.js';
import type { Logger } from '../log.js';

/** Deletes all of it, also where a plugin has left folders that nobody may write to, as a cache of Go modules has them. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    await openFolders(path);
    await rm(path, { recursive: true, force: true });
  }
}

/** What can not be opened, can not be deleted: that says why. */
async function openFolders(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) return;
  await chmod(path, 0o700).catch(() => undefined);
  for (const item of await readdir(path, { withFileTypes: true }).catch(() => []))
    if (item.isDirectory()) await openFolders(join(path, item.name));
}

/** What can not be deleted takes room, and keeps nobody from working. */
export const removeOrTell = (path: string, log: Logger): Promise<void> =>
  removeTree(path).catch((cause: unknown) => {
    log.warn({ path }, `${path} can not be deleted: ${reasonOf(cause)}; the next start tries it again`);
  });
