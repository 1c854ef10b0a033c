/**
 * What is installed, as one file in the data folder. The folders are the truth: an entry says where a plugin has come from
 * and what its files were, and a plugin without one loads as well.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as t from 'io-ts';
import { configInvalid, reasonOf } from '../errors.js';
import type { Fingerprint } from './fingerprint.js';
import { flush } from './flush.js';

export interface LockEntry {
  readonly version: string;
  /** The zip or folder that it was installed from; of a download its address, without user, password and query values. */
  readonly source: string;
  /** ISO 8601, UTC. */
  readonly installedAt: string;
  /** SHA-256 of the zip, in hex; a folder has none. */
  readonly sha256?: string;
  readonly files: Fingerprint;
}

interface Slot {
  readonly current?: LockEntry;
  /** Of a version that is about to take the place: a host that dies meanwhile leaves both. */
  readonly next?: LockEntry;
}

const FORMAT = 1;
const File = t.type({ format: t.literal(FORMAT), plugins: t.array(t.UnknownRecord) });
const Facts = t.intersection([
  t.type({ version: t.string, source: t.string, installedAt: t.string, files: t.UnknownRecord }),
  t.partial({ sha256: t.string }),
]);

export class LockFile {
  private readonly slots = new Map<string, Slot>();
  private writing: Promise<void> = Promise.resolve();

  /** A draft that is left in `drafts` when the process dies is for whoever empties that. */
  constructor(
    private readonly path: string,
    private readonly drafts: string,
  ) {}

  /** Rejects with `ERR_CONFIG_INVALID` when there is a file, and it can not be understood. */
  static async read(path: string, drafts: string): Promise<LockFile> {
    const lock = new LockFile(path, drafts);
    const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw configInvalid(path, [`can not be read: ${reasonOf(cause)}`]);
    });
    if (text !== undefined) for (const [name, slot] of parse(text, path)) lock.slots.set(name, slot);
    return lock;
  }

  get names(): readonly string[] {
    return [...this.slots.keys()];
  }

  current(name: string): LockEntry | undefined {
    return this.slots.get(name)?.current;
  }

  /** The versions that the plugin may be in, the older one first. */
  candidates(name: string): readonly LockEntry[] {
    const { current, next } = this.slots.get(name) ?? {};
    return [current, next].filter((entry) => entry !== undefined);
  }

  /** Notes a version before it takes its place. */
  announce(name: string, next: LockEntry): Promise<void> {
    return this.put(name, { ...this.slots.get(name), next });
  }

  /** It is in its place, or this version is. */
  async settle(name: string, entry?: LockEntry): Promise<void> {
    const current = entry ?? this.slots.get(name)?.next;
    if (current !== undefined) await this.put(name, { current });
  }

  /** It will not take its place. */
  withdraw(name: string): Promise<void> {
    const { current } = this.slots.get(name) ?? {};
    return current === undefined ? this.drop(name) : this.put(name, { current });
  }

  drop(name: string): Promise<void> {
    return this.slots.delete(name) ? this.write() : Promise.resolve();
  }

  private put(name: string, slot: Slot): Promise<void> {
    this.slots.set(name, slot);
    return this.write();
  }

  /** One after the other, each with what is known when its turn comes. */
  private write(): Promise<void> {
    const written = this.writing.then(() => replaceFile(this.path, serialize(this.slots), this.drafts));
    this.writing = written.catch(() => undefined);
    return written;
  }
}

/** Names and paths may be anything, `__proto__` too: so no object is built by assignment. */
function parse(text: string, path: string): ReadonlyMap<string, Slot> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw configInvalid(path, [reasonOf(cause), REMEDY]);
  }
  if (!File.is(json)) throw configInvalid(path, [`is no lock file of format ${FORMAT}`, REMEDY]);
  return new Map(
    json.plugins.map(({ name, current, next }) => {
      const slot = { ...entryOf('current', current), ...entryOf('next', next) };
      if (typeof name !== 'string') throw configInvalid(path, ['an entry has no name', REMEDY]);
      return [name, slot];
    }),
  );

  function entryOf(key: 'current' | 'next', value: unknown): Slot {
    if (value === undefined) return {};
    if (!Facts.is(value))
      throw configInvalid(path, [`an entry is broken: ${JSON.stringify(value).slice(0, 200)}`, REMEDY]);
    const files = new Map(Object.entries(value.files).map(([file, hash]) => [file, String(hash)]));
    return { [key]: { ...value, files } };
  }
}

const REMEDY = 'delete it to take the plugins as they are';

const serialize = (slots: ReadonlyMap<string, Slot>): string => {
  const plain = (entry: LockEntry | undefined) => entry && { ...entry, files: Object.fromEntries(entry.files) };
  const plugins = [...slots].map(([name, { current, next }]) => ({ name, current: plain(current), next: plain(next) }));
  return `${JSON.stringify({ format: FORMAT, plugins }, null, 1)}\n`;
};

/** The old content or the new one, whatever happens. */
async function replaceFile(path: string, text: string, drafts: string): Promise<void> {
  await mkdir(drafts, { recursive: true });
  const draft = join(drafts, `lock-${randomBytes(6).toString('hex')}`);
  try {
    const file = await open(draft, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (cause) {
    await rm(draft, { force: true });
    throw cause;
  }
  await flush(dirname(path));
}
