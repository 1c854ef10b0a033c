import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/** What files hold, as one string: another one when any of them has changed, come or gone. */
export async function fingerprint(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) {
    const content = await readFile(file).catch(() => 'missing');
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** The time of a file is that of the kernel's last tick. */
const TICK = 20;

/**
 * The same, or undefined when one of them is not what was read of it: `sources` has that, and what is not there has been
 * read at `begun` or later, in milliseconds since the epoch.
 */
export async function fingerprintOf(
  files: readonly string[],
  sources: ReadonlyMap<string, string>,
  begun: number,
): Promise<string | undefined> {
  const print = await fingerprint(files);
  for (const file of files) if (await isOther(file, sources.get(file), begun)) return undefined;
  return print;
}

async function isOther(file: string, source: string | undefined, begun: number): Promise<boolean> {
  if (source !== undefined) return source !== (await readFile(file, 'utf8').catch(() => undefined));
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Math.max(found.mtimeMs, found.ctimeMs) > begun - TICK;
}
