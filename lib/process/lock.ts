import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
  /** `isPrivate`: `ipcDir` was made for that host alone. Missing where a former one did not say. */
  t.partial({ bootId: t.string, isPrivate: t.boolean }),
]);
type Owner = t.TypeOf<typeof Owner>;

export interface Lock {
  /** Private socket folder of a host that died with this lock; its files are nobody's. */
  readonly orphanedIpcDir: string | undefined;
  release(): Promise<void>;
}

/**
 * Takes `dir` for this process; `ipcDir` is the socket folder beside it, `isPrivate` when it was made for this host alone, and
 * may be deleted after its death. Rejects with `ERR_HOST_LOCKED` while its owner lives; the lock of a dead one is taken over.
 * `ERR_DATA_FOLDER` where it can not be written.
 */
export async function lockFolder(dir: string, ipcDir: string, isPrivate = false): Promise<Lock> {
  try {
    return await take(dir, ipcDir, isPrivate);
  } catch (cause) {
    throw cause instanceof RxportError ? cause : folderUnusable('data folder', dir, cause);
  }
}

async function take(dir: string, ipcDir: string, isPrivate: boolean): Promise<Lock> {
  await mkdir(dir, { recursive: true });
  const path = join(dir, LOCK);
  const draft = join(dir, `.lock-${randomUUID()}`);
  const boot = bootId();
  const owner: Owner = {
    pid: process.pid,
    startTime: statOf(process.pid)?.startTime ?? '',
    ...(boot !== undefined && { bootId: boot }),
    ipcDir,
    isPrivate,
  };
  const text = JSON.stringify(owner);
  try {
    await writeFile(draft, text, { mode: 0o600 });
    const previous = await claim(dir, draft, path);
    await sweep(dir);
    const orphanedIpcDir = previous?.isPrivate === true ? previous.ipcDir : undefined;
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
    const owner = ownerOf((await readLock(join(dir, LOCK))) ?? '');
    return owner !== undefined && isAlive(owner) ? owner.pid : undefined;
  } catch {
    return 'unknown';
  }
}

/**
 * Makes `path` a link to `draft`; answers the lock of the dead host that it replaces. Rejects with `ERR_HOST_LOCKED` while an
 * owner lives, and when another one was faster.
 *
 * Several may see the dead one at once: who replaces its lock has made the guard of that lock its own before, in the same
 * way, and looks once more. What a guard is called depends on what it guards: with one name for all, who finds it left
 * behind by a host that died would remove that of the next.
 */
async function claim(dir: string, draft: string, path: string): Promise<Owner | undefined> {
  if (await tryLink(draft, path)) return undefined;
  const dead = await deadLock(dir, path);
  // It was given back meanwhile.
  if (dead === undefined) return linkOnly(dir, draft, path);
  const guard = guardOf(path, dead);
  await claim(dir, draft, guard);
  try {
    if ((await deadLock(dir, path)) === dead) await rm(path, { force: true });
    await linkOnly(dir, draft, path);
    return ownerOf(dead);
  } finally {
    await rm(guard, { force: true });
  }
}

async function linkOnly(dir: string, draft: string, path: string): Promise<undefined> {
  if (await tryLink(draft, path)) return;
  throw hostLocked(dir, ownerOf((await textAt(dir, path)) ?? '')?.pid ?? 0);
}

/** What has to be owned to replace the lock at `path` that says `text`. */
export const guardOf = (path: string, text: string): string =>
  `${path}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;

/** Guards of hosts that died with them. Whose is not one of those looks at our lock before it does anything. */
async function sweep(dir: string): Promise<void> {
  const guards = (await locksIn(dir)).filter((name) => name !== LOCK);
  await Promise.allSettled(guards.map((name) => rm(join(dir, name), { force: true })));
}

/** The lock in `dir` and its guards, as far as there are any. */
async function locksIn(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch(() => []);
  return names.filter((name) => name === LOCK || name.startsWith(`${LOCK}.`));
}

/** Whether somebody has or had `dir`, or died while he took it over. */
export const isMarked = async (dir: string): Promise<boolean> => (await locksIn(dir)).length > 0;

/** What the lock at `path` says, if there is one. Throws `ERR_HOST_LOCKED` while its owner lives. */
async function deadLock(dir: string, path: string): Promise<string | undefined> {
  const text = await textAt(dir, path);
  const owner = text === undefined ? undefined : ownerOf(text);
  if (owner !== undefined && isAlive(owner)) throw hostLocked(dir, owner.pid);
  return text;
}

/** Whose lock can not be read, may live. */
const textAt = (dir: string, path: string): Promise<string | undefined> =>
  readLock(path).catch((cause: unknown) => {
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

/** Undefined when there is none. Rejects when it can not be read. */
const readLock = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });

/** Undefined when no host has written it. */
function ownerOf(text: string): Owner | undefined {
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
