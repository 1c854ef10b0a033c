import { existsSync, type FSWatcher, lstatSync, statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';

export interface WatchOptions {
  readonly clock: Clock;
  /** Whether a change of this file means anything. */
  readonly heeds: (path: string) => boolean;
  /** Something that is heeded has changed, and for a moment nothing else of that; at the latest a second later. */
  readonly changed: () => void;
  readonly failed: (folder: string, cause: unknown) => void;
}

/** Milliseconds without a further change: an editor writes a file in several steps. */
const QUIET = 100;
/** Milliseconds from the first change on: a folder may be written to all the time. */
const LONGEST = 1_000;

/** Watches folders, each by the nearest one above it while it is not there. */
export class FolderWatch {
  private watchers = new Map<string, FSWatcher>();
  private wanted: readonly string[] = [];
  private timer = Subscription.EMPTY;
  /** When the first change came that is still untold. */
  private first: number | undefined;
  private closed = false;

  constructor(private readonly options: WatchOptions) {}

  /** These from now on, and no others; once it is closed, none. */
  set(folders: readonly string[]): void {
    if (this.closed) return;
    this.wanted = folders;
    const kept = new Map<string, FSWatcher>();
    for (const folder of new Set(folders.flatMap((one) => [nearest(one), ...linkFolders(one)]))) {
      const key = keyOf(folder);
      const watcher = this.watchers.get(key) ?? this.open(folder);
      if (watcher !== undefined) kept.set(key, watcher);
    }
    for (const [key, watcher] of this.watchers) if (!kept.has(key)) watcher.close();
    this.watchers = kept;
  }

  close(): void {
    this.timer.unsubscribe();
    this.set([]);
    this.closed = true;
  }

  private open(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, (_, name) => this.seen(folder, name));
      watcher.on('error', (cause) => this.options.failed(folder, cause));
      return watcher;
    } catch (cause) {
      this.options.failed(folder, cause);
      return undefined;
    }
  }

  private seen(folder: string, name: string | null): void {
    // A folder that is removed or renamed itself comes with its own name.
    if (name === basename(folder)) this.renew(folder);
    if (name !== null && name !== basename(folder) && !this.matters(join(folder, name))) return;
    const { clock, changed } = this.options;
    const now = clock.now();
    this.first ??= now;
    this.timer.unsubscribe();
    this.timer = after(clock, Math.max(0, Math.min(QUIET, this.first + LONGEST - now)), () => {
      this.first = undefined;
      changed();
    });
  }

  /** What is there by that name now may have the number of what was there. */
  private renew(folder: string): void {
    const key = [...this.watchers.keys()].find((one) => one.startsWith(`${folder} `));
    if (key === undefined) return;
    this.watchers.get(key)?.close();
    this.watchers.delete(key);
    this.set(this.wanted);
  }

  /** A folder or a link may be what leads to a file, as where a whole version of the rules is put in place by a link. */
  private matters(path: string): boolean {
    return this.options.heeds(path) || this.wanted.some((folder) => isOrHolds(path, folder)) || !isPlainOrGone(path);
  }
}

const isOrHolds = (path: string, folder: string): boolean => folder === path || folder.startsWith(`${path}/`);

function isPlainOrGone(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
  } catch {
    // Nobody may look: better once too often.
    return false;
  }
}

function nearest(folder: string): string {
  let found = folder;
  while (!existsSync(found) && dirname(found) !== found) found = dirname(found);
  return found;
}

/** Where the links lie that lead to it: what is put in their place is another folder. */
function linkFolders(folder: string): readonly string[] {
  const found: string[] = [];
  for (let path = folder; dirname(path) !== path; path = dirname(path)) if (isLink(path)) found.push(dirname(path));
  return found;
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  } catch {
    return false;
  }
}

/** A folder that was removed and made anew is another one. */
function keyOf(folder: string): string {
  const { dev, ino } = statSync(folder, { throwIfNoEntry: false }) ?? {};
  return `${folder} ${dev} ${ino}`;
}
