import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const pathIn = (dir: string): string => join(dir, 'run', 'rest.json');

/** Says in the data folder where the service is reached, for the command line. Whole or not at all. */
export async function writeRestFile(dir: string, url: string): Promise<void> {
  const path = pathIn(dir);
  await mkdir(join(dir, 'run'), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, JSON.stringify({ url, pid: process.pid }), { mode: 0o600 });
  await rename(draft, path);
}

/** Another server of the same service may have written its own. */
export async function removeRestFile(dir: string, url: string): Promise<void> {
  const text = await readFile(pathIn(dir), 'utf8').catch(() => '');
  if (text === JSON.stringify({ url, pid: process.pid })) await rm(pathIn(dir), { force: true });
}
