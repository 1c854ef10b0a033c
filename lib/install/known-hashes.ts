import { lstat } from 'node:fs/promises';
import { type Clock, dateOf } from '../clock.js';
import { type HashFile, hashFile } from './fingerprint.js';

/** What a file system says of a file; times are nanoseconds since the epoch. */
export interface Stamp {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

/** What a file was when it was read, and when that was: milliseconds since the epoch, before it began. */
export interface Seen {
  readonly stamp: Stamp;
  readonly readAt: number;
}

const FIELDS = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const;

/** Milliseconds. Clocks of file systems tick slowly (2 s at most): of two changes within a tick only one shows. */
const TICK = 2_000;

/**
 * Whether a file is what it was when it was read. Everybody can set `mtime`, and `ctime` only who sets the clock; a file
 * that had only just changed when it was read may have changed again since.
 */
export const isUnchanged = ({ stamp, readAt }: Seen, now: Stamp): boolean =>
  FIELDS.every((field) => stamp[field] === now[field]) && Number(stamp.ctimeNs / 1_000_000n) < readAt - TICK;

/** So many files are known at most: those of all plugins of a large host. */
const LIMIT = 20_000;

/**
 * Hashes of files that are read again only when they have changed.
 *
 * For what tells and for what spares work, not for what has to be sure: a program that has mapped a file may write to it
 * for a while without a sign of it.
 */
export class KnownHashes {
  /** By path, the one that was read longest ago first. */
  private readonly known = new Map<string, Seen & { readonly hash: string }>();

  constructor(
    private readonly clock: Pick<Clock, 'now' | 'date'>,
    private readonly read: HashFile = hashFile,
    private readonly limit: number = LIMIT,
  ) {}

  /** The SHA-256 of a file, in hex. */
  readonly of: HashFile = async (path, signal) => {
    const readAt = dateOf(this.clock);
    // Before it is read: a change meanwhile shows the next time.
    const stamp: Stamp = await lstat(path, { bigint: true });
    const known = this.known.get(path);
    if (known !== undefined && isUnchanged(known, stamp)) return known.hash;
    const hash = await this.read(path, signal);
    this.known.delete(path);
    this.known.set(path, { stamp, readAt, hash });
    const [oldest] = this.known.keys();
    if (this.known.size > this.limit && oldest !== undefined) this.known.delete(oldest);
    return hash;
  };
}
