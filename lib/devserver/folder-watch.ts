import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, pause } from '../clock.js';

export interface FolderWatchOptions {
  readonly clock: Clock;
  /** Whether a change of this file means anything; `path` is relative to the folder. */
  readonly heeds: (path: string) => boolean;
  readonly changed: () => Promise<void>;
  /** Milliseconds between two looks; default 300. */
  readonly step?: number;
}

const STEP = 300;
/** Files that are looked at. */
const LIMIT = 5_000;
const SKIPPED = new Set(['node_modules', '__pycache__', 'venv', 'dist']);

/**
 * Looks at the files of a folder again and again: events of the kernel do not come from every disk, and come several for
 * one change. A change is told when the folder has been the same for one look.
 */
export class FolderWatch {
  private readonly closing = new AbortController();
  private readonly looking: Promise<void>;

  constructor(
    private readonly folder: string,
    private readonly options: FolderWatchOptions,
  ) {
    this.looking = this.look();
  }

  /** Resolves when a change that is being told has been dealt with. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.looking;
  }

  private async look(): Promise<void> {
    const { clock, step = STEP, changed } = this.options;
    const { signal } = this.closing;
    let told = await this.snapshot();
    let before = told;
    for (;;) {
      await pause(clock, step, signal);
      if (signal.aborted) return;
      const now = await this.snapshot();
      const settled = now === before;
      before = now;
      if (!settled || now === told) continue;
      told = now;
      await changed();
    }
  }

  /** Names, sizes and times, as one text. */
  private async snapshot(): Promise<string> {
    const seen: string[] = [];
    const folders = [''];
    for (const folder of folders) {
      const entries = await readdir(join(this.folder, folder), { withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        const path = join(folder, entry.name);
        if (entry.name.startsWith('.') || SKIPPED.has(entry.name) || seen.length >= LIMIT) continue;
        if (entry.isDirectory()) folders.push(path);
        else if (this.options.heeds(path)) seen.push(`${path} ${await this.stamp(path)}`);
      }
    }
    return seen.sort().join('\n');
  }

  private async stamp(path: string): Promise<string> {
    const file = await stat(join(this.folder, path)).catch(() => undefined);
    return file === undefined ? 'gone' : `${file.size} ${file.mtimeMs}`;
  }
}
