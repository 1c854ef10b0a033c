import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';

/** The time of a file is that of the kernel's last tick. */
const TICK = 20;

/** What files hold, as one string: another one when any of them has changed, come or gone. */
export const fingerprint = async (files: readonly string[]): Promise<string> => printOf(await contentsOf(files));

/**
 * The same, or undefined when one of them is not what was read of it: `sources` has that, and what is not there has been
 * read at `begun` or later, in milliseconds since the epoch.
 */
export async function fingerprintOf(
  files: readonly string[],
  sources: ReadonlyMap<string, string>,
  begun: number,
): Promise<string | undefined> {
  const contents = await contentsOf(files);
  for (const [file, content] of contents) if (await isOther(file, content, sources.get(file), begun)) return undefined;
  return printOf(contents);
}

type Contents = readonly (readonly [file: string, content: Buffer | undefined])[];

async function contentsOf(files: readonly string[]): Promise<Contents> {
  const contents: (readonly [string, Buffer | undefined])[] = [];
  for (const file of [...files].sort()) contents.push([file, await readFile(file).catch(() => undefined)]);
  return contents;
}

function printOf(contents: Contents): string {
  const hash = createHash('sha256');
  for (const [file, content = 'missing'] of contents) hash.update(`${file}\0${content.length}\0`).update(content);
  return hash.digest('hex');
}

async function isOther(file: string, content: Buffer | undefined, source: string | undefined, begun: number) {
  if (source !== undefined) return source !== content?.toString();
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Math.max(found.mtimeMs, found.ctimeMs) > begun - TICK;
}
