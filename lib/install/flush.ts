/** A rename reaches the disk before the content of what it moved: after a power cut there would be empty files. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Waits until a folder and all it holds are on the disk. */
export async function flushTree(dir: string): Promise<void> {
  for (const item of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, item.name);
    if (item.isDirectory()) await flushTree(path);
    else if (item.isFile()) await flush(path);
  }
  await flush(dir);
}

/** One file, or the names in one folder. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
