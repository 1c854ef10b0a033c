import { readdir, stat } from 'node:fs/promises';
import { open } from 'yauzl';

/** How many entries a zip or a folder has; undefined when that can not be told. */
export async function countEntries(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return (await readdir(path)).length;
    // To open a pipe would block a thread for ever.
    if (!found.isFile()) return undefined;
    return await new Promise((resolve, reject) => {
      open(path, { lazyEntries: true }, (error, zip) => {
        if (error) return reject(error);
        resolve(zip.entryCount);
        zip.close();
      });
    });
  } catch {
    return undefined;
  }
}
