import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** What files hold, as one string: another one when any of them has changed, come or gone. */
export async function fingerprint(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) {
    const content = await readFile(file).catch(() => 'missing');
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
