/** A rename reaches the disk before the content of what it moved: after a power cut there would be empty files. */
import { execFile } from 'node:child_process';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { inParallel } from './in-parallel.js';

/** Above so many files, one call for the whole file system is quicker than one for each. */
const FEW = 50;
const AT_ONCE = 4;
/** Milliseconds; a disk that takes longer is asked file by file. */
const PATIENCE = 30_000;

/** Waits until a folder and all it holds are on the disk. */
export async function flushTree(dir: string): Promise<void> {
  const paths = [dir, ...(await pathsIn(dir))];
  if (paths.length > FEW && (await flushFileSystem(dir))) return;
  await inParallel(AT_ONCE, paths, flush);
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

/** Node has no syncfs: `sync -f` of coreutils has. False where that is missing, or fails. */
const flushFileSystem = (dir: string): Promise<boolean> =>
  new Promise((resolve) => {
    execFile('sync', ['-f', dir], { timeout: PATIENCE }, (error) => resolve(error === null));
  });

/** Plain files and folders. */
async function pathsIn(dir: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const item of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, item.name);
    if (item.isDirectory()) paths.push(path, ...(await pathsIn(path)));
    else if (item.isFile()) paths.push(path);
  }
  return paths;
}
