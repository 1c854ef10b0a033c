import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { folderUnusable } from '../errors.js';
import { type Lock, lockFolder } from './lock.js';

/** What one host has for itself: its data folder, and a folder for the sockets of our SDK. */
export interface Claim {
  readonly ipcDir: string;
  /** Removes the private socket folder and frees the data folder. */
  release(): Promise<void>;
}

/** A short name: socket paths have little room. */
const PRIVATE_DIR = 'rxport-';

/**
 * Takes `dir`; `ipcDir` names a socket folder that is kept, without it a private one is made. Rejects with
 * `ERR_HOST_LOCKED` and `ERR_DATA_FOLDER`, and then leaves nothing behind.
 */
export async function claimFolder(dir: string, ipcDir: string | undefined): Promise<Claim> {
  const sockets = await socketFolder(ipcDir).catch((cause: unknown) => {
    throw folderUnusable('socket folder', ipcDir ?? tmpdir(), cause);
  });
  const removeSockets = async (): Promise<void> => {
    if (ipcDir === undefined) await rm(sockets, { recursive: true, force: true });
  };
  let lock: Lock;
  try {
    lock = await lockFolder(dir, sockets, ipcDir === undefined);
  } catch (error) {
    await removeSockets();
    throw error;
  }
  const orphan = lock.orphanedIpcDir;
  // What one host has made for itself, the next one may name. Where it can not be deleted, as that of another user, it only
  // takes room.
  if (orphan !== undefined && orphan !== sockets) await removeOrphan(orphan).catch(() => undefined);
  return {
    ipcDir: sockets,
    release: async () => {
      await removeSockets();
      await lock.release();
    },
  };
}

/** Absolute, since plugins get it, and run in folders of their own. */
async function socketFolder(ipcDir: string | undefined): Promise<string> {
  if (ipcDir === undefined) return mkdtemp(join(resolve(tmpdir()), PRIVATE_DIR));
  await mkdir(ipcDir, { recursive: true, mode: 0o700 });
  return resolve(ipcDir);
}

/** Only a folder that a host has made: the path comes from a file. */
async function removeOrphan(ipcDir: string): Promise<void> {
  if (dirname(ipcDir) !== resolve(tmpdir()) || !basename(ipcDir).startsWith(PRIVATE_DIR)) return;
  await rm(ipcDir, { recursive: true, force: true });
}
