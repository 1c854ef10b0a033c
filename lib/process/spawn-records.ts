import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Observable } from 'rxjs';
import { settlesWithin } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { CommandLine } from './command-line.js';
import { bootId, statOf } from './proc.js';
import { reap, type ReapOptions } from './reap.js';
import { type Life, spawn, type SpawnOptions } from './spawn.js';
import { parseSpawnRecord, SPAWN_TOKEN, type SpawnRecord } from './spawn-record.js';

/** What a record says of the plugin. */
export interface Spawned {
  readonly name: string;
  readonly executable: string;
}

/** Milliseconds in which everything that a stopped plugin left is found and killed. */
const PATIENCE = 5_000;

/** One file for each plugin process that runs, in a folder below the data folder. */
export class SpawnRecords {
  private readonly folder: string;
  /** One per process that has not ended altogether. */
  private readonly open = new Set<Promise<void>>();

  constructor(
    dir: string,
    private readonly options: ReapOptions,
  ) {
    this.folder = join(dir, 'run');
  }

  /** Kills what a host that died has left. Only for the owner of the data folder, before it starts plugins. */
  async reap(): Promise<void> {
    const found = this.readAll();
    if (found.length === 0) return;
    const records = found.map(({ record }) => record);
    if (bootId(this.options.proc) === undefined) this.warnUnknown(records);
    const alive = new Set(await reap(records, this.options));
    for (const { record, path } of found) if (!alive.has(record)) remove(path);
  }

  /** `spawn` with a record that lasts as long as its process group; what has left the group by then is killed. */
  spawn(line: CommandLine, options: SpawnOptions, plugin: Spawned): Observable<Life> {
    return new Observable((subscriber) => {
      const token = randomUUID();
      const path = join(this.folder, `${plugin.name}.${token}.json`);
      // Before anything runs, since a program may be at work before its pid is written: the token proves what is its.
      const isNoted = write(path, recordOf(plugin, NOBODY, token, process.pid)) === undefined;
      let isRunning = false;
      const life = spawn(line, {
        ...options,
        env: { ...options.env, [SPAWN_TOKEN]: token },
        record: (pid, gone) => {
          isRunning = true;
          this.add(path, recordOf(plugin, pid, token), isNoted, gone);
        },
      });
      const running = life.subscribe(subscriber);
      if (!isRunning) remove(path);
      return running;
    });
  }

  /** Resolves when the processes that have been stopped are gone altogether. */
  async settled(): Promise<void> {
    await settlesWithin(this.options.clock, PATIENCE, Promise.all(this.open));
  }

  /** Synchronous: a host that is killed right after the spawn has written it. */
  private add(path: string, record: SpawnRecord, isNoted: boolean, gone: Promise<unknown>): void {
    const { name, pid } = record;
    const cause = write(path, record);
    // The plugin is worth more than its record.
    if (cause !== undefined && !isNoted)
      this.options.log.warn({ plugin: name, pid }, `plugin ${name} runs without a record: ${reasonOf(cause)}`);
    const end = gone.then(() => this.close(record, path));
    this.open.add(end);
    void end.then(() => this.open.delete(end));
  }

  /** The record of what can not be killed stays, for the next host. */
  private async close(record: SpawnRecord, path: string): Promise<void> {
    const alive = await reap([record], this.options);
    if (alive.length === 0) remove(path);
  }

  /** What a host has not written to the end goes away. */
  private readAll(): readonly Found[] {
    const found: Found[] = [];
    for (const file of this.list()) {
      const path = join(this.folder, file);
      const record = read(path);
      if (record === undefined) remove(path);
      else found.push({ path, record });
    }
    return found;
  }

  private list(): readonly string[] {
    try {
      return readdirSync(this.folder);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT')
        this.options.log.warn({ folder: this.folder }, `plugins of a killed host are not found: ${reasonOf(cause)}`);
      return [];
    }
  }

  private warnUnknown(records: readonly SpawnRecord[]): void {
    const groups = records.map(({ name, pid }) => `${name} (process group ${pid})`).join(', ');
    this.options.log.warn(
      {},
      `the last host was killed, and without /proc nobody can tell whether these run: ${groups}`,
    );
  }
}

/** No process has this id. */
const NOBODY = 0;

/** `since`: what is older than this process is none of it. */
function recordOf({ name, executable }: Spawned, pid: number, token: string, since = pid): SpawnRecord {
  const { startTime = '' } = statOf(since) ?? {};
  return { name, pid, bootId: bootId() ?? '', startTime, executable, token };
}

/** What was written before, or this; answers why it could not be. */
function write(path: string, record: SpawnRecord): unknown {
  const draft = `${path}.new`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
    renameSync(draft, path);
    return undefined;
  } catch (cause) {
    return cause ?? 'no reason';
  }
}

interface Found {
  readonly path: string;
  readonly record: SpawnRecord;
}

function read(path: string): SpawnRecord | undefined {
  try {
    return parseSpawnRecord(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The next host finds nobody for it, and tries again.
  }
}
