import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';

export interface WatchOptions {
  readonly clock: Clock;
  /** Something in one of the folders has changed, and for a moment nothing else. */
  readonly changed: () => void;
  readonly failed: (folder: string, cause: unknown) => void;
}

/** Milliseconds without a further change: an editor writes a file in several steps. */
const QUIET = 100;

/** Watches folders, each by the nearest one above it while it is not there. */
export class FolderWatch {
  private watchers = new Map<string, FSWatcher>();
  private timer = Subscription.EMPTY;

  constructor(private readonly options: WatchOptions) {}

  /** These from now on, and no others. */
  set(folders: readonly string[]): void {
    const kept = new Map<string, FSWatcher>();
    for (const folder of new Set(folders.map(nearest))) {
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
  }

  private open(folder: string): FSWatcher | undefined {
    try {
      const watcher = watch(folder, () => this.stirred());
      watcher.on('error', (cause) => this.options.failed(folder, cause));
      return watcher;
    } catch (cause) {
      this.options.failed(folder, cause);
      return undefined;
    }
  }

  private stirred(): void {
    this.timer.unsubscribe();
    this.timer = after(this.options.clock, QUIET, this.options.changed);
  }
}

function nearest(folder: string): string {
  let found = folder;
  while (!existsSync(found) && dirname(found) !== found) found = dirname(found);
  return found;
}

/** A folder that was removed and made anew is another one. */
function keyOf(folder: string): string {
  const { dev, ino } = statSync(folder, { throwIfNoEntry: false }) ?? {};
  return `${folder} ${dev} ${ino}`;
}
