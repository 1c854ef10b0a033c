import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as t from 'io-ts';
import { folderUnusable, hostLocked, hostUnseen, RxportError } from '../errors.js';
import { bootId, statOf } from './proc.js';

/** The file in a data folder that says whose it is. */
export const LOCK = 'host.lock';

/**
 * Who owns a data folder. A pid alone proves nothing: it may belong to another process by now. Nor does a start time that is
 * counted from the boot, once the machine was booted again: services get the same ids then, and may be as fast.
 */
const Owner = t.intersection([
  t.type({ pid: t.number, startTime: t.string, ipcDir: t.string }),
  t.partial({ bootId: t.string }),
]);
type Owner = t.TypeOf<typeof Owner>;

export interface Lock {
  /** Socket folder of a host that died with this lock; its files are nobody's. */
  readonly orphanedIpcDir: string | undefined;
  release(): Promise<void>;
}

/**
 * Takes `dir` for this process. Rejects with `ERR_HOST_LOCKED` while its owner lives; the lock of a dead one is taken
 * over. `ERR_DATA_FOLDER` where it can not be written.
 */
export async function lockFolder(dir: string, ipcDir: string): Promise<Lock> {
  try {
    return await take(dir, ipcDir);
  } catch (cause) {
    throw cause instanceof RxportError ? cause : folderUnusable('data folder', dir, cause);
  }
}

async function take(dir: string, ipcDir: string): Promise<Lock> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, LOCK);
  const draft = join(dir, `.lock-${randomUUID()}`);
  const boot = bootId();
  const owner: Owner = {
    pid: process.pid,
    startTime: statOf(process.pid)?.startTime ?? '',
    ...(boot !== undefined && { bootId: boot }),
    ipcDir,
  };
  const text = JSON.stringify(owner);
  try {
    await writeFile(draft, text, { mode: 0o600 });
    const orphanedIpcDir = (await tryLink(draft, path)) ? undefined : await takeOver(dir, draft, path);
    return { orphanedIpcDir, release: () => giveBack(path, text) };
  } finally {
    await rm(draft, { force: true });
  }
}

/** Only our own: where the folder was deleted meanwhile, another host may have made it anew. */
async function giveBack(path: string, text: string): Promise<void> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === text) await rm(path, { force: true });
}

/**
 * The id of the host that has `dir` now, or `unknown` where this user may not read whose the lock is; undefined when none
 * does, whatever lock a dead one has left.
 */
export async function livingOwner(dir: string): Promise<number | 'unknown' | undefined> {
  try {
    const owner = await readOwner(join(dir, LOCK));
    return owner !== undefined && isAlive(owner) ? owner.pid : undefined;
  } catch {
    return 'unknown';
  }
}

/**
 * Replaces the lock of a dead host; answers its socket folder.
 *
 * Two hosts may see the dead one at once. A lock of the same kind guards the replacement, and under it the old lock is
 * looked at once more: the other one may have been faster.
 */
async function takeOver(dir: string, draft: string, path: string): Promise<string | undefined> {
  await deadOwner(dir, path);
  const guard = `${path}.taking`;
  if (!(await tryLink(draft, guard))) {
    await deadOwner(dir, guard);
    // Its host died in the middle of a takeover.
    await rm(guard, { force: true });
    if (!(await tryLink(draft, guard))) throw hostLocked(dir, (await ownerAt(dir, guard))?.pid ?? 0);
  }
  try {
    const previous = await deadOwner(dir, path);
    await rm(path, { force: true });
    if (!(await tryLink(draft, path))) throw hostLocked(dir, (await ownerAt(dir, path))?.pid ?? 0);
    return previous?.ipcDir;
  } finally {
    await rm(guard, { force: true });
  }
}

/** Who owned the lock at `path`; undefined when nobody can tell. Throws `ERR_HOST_LOCKED` while the owner lives. */
async function deadOwner(dir: string, path: string): Promise<Owner | undefined> {
  const owner = await ownerAt(dir, path);
  if (owner !== undefined && isAlive(owner)) throw hostLocked(dir, owner.pid);
  return owner;
}

/** Whose lock can not be read, may live. */
const ownerAt = (dir: string, path: string): Promise<Owner | undefined> =>
  readOwner(path).catch((cause: unknown) => {
    throw hostUnseen(dir, path, cause);
  });

/** A link fails when its name is taken, which makes it the one atomic step. */
const tryLink = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EEXIST') return false;
      throw cause;
    },
  );

/** Undefined when there is none, or none that a host has written. Rejects when it can not be read. */
async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw cause;
  });
  try {
    const owner: unknown = JSON.parse(text);
    return Owner.is(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startTime, bootId: boot }: Owner): boolean {
  if (boot !== undefined && boot !== (bootId() ?? boot)) return false;
  const stat = statOf(pid);
  if (stat !== undefined) return stat.startTime === startTime;
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  // Killed and not yet reaped, unless no process can be looked at.
  return statOf(process.pid) === undefined;
}
