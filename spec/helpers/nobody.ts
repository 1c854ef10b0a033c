/** Modes of files do not stop root, as whom specs may run. */
import { chmodSync, chownSync, lstatSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** No user of this machine. */
const NOBODY = 65_534;

/** Runs `work` as a user whom modes stop, and who owns `dir` and all it holds. */
export async function asNobody<T>(dir: string, work: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return work();
  giveAway(dir);
  // Private to whom the run belongs to.
  chmodSync(tmpdir(), 0o711);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

function giveAway(path: string): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return;
  chownSync(path, NOBODY, NOBODY);
  if (found.isDirectory()) for (const name of readdirSync(path)) giveAway(join(path, name));
}
