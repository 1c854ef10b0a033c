import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes `dir` and the folders in it, as far as there is no file in them. Never rejects. */
export async function removeEmptyFolders(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEmptyFolders(join(dir, entry.name));
  await rmdir(dir).catch(() => undefined);
}
