import { type Clock, pause } from '../clock.js';
import type { Logger } from '../log.js';
import { lookAtMachine } from './machine.js';
import { orphansOf, type Seen } from './orphans.js';
import { PROC, statOf } from './proc.js';
import type { SpawnRecord } from './spawn-record.js';

export interface ReapOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Where to look instead of /proc. */
  readonly proc?: string | undefined;
}

/** Milliseconds in which what was killed must have gone, and between two looks. */
const PATIENCE = 2_000;
const LOOK = 20;

/**
 * Kills what runs of recorded spawns, and logs each process. Answers the records of which something still runs after two
 * seconds; of nothing where there is no /proc to tell processes apart.
 */
export async function reap(
  records: readonly SpawnRecord[],
  { clock, log, proc = PROC }: ReapOptions,
): Promise<readonly SpawnRecord[]> {
  const since = Math.min(...records.map(({ startTime }) => Number(startTime)));
  const killed = new Set<string>();
  for (let waited = 0; ; waited += LOOK) {
    const machine = await lookAtMachine(since, proc);
    if (machine === undefined) return [];
    const found = records.map((record) => ({ record, orphans: orphansOf(record, machine) }));
    const alive = found.filter(({ orphans }) => orphans.length > 0);
    if (alive.length === 0 && machine.isClear) return [];
    for (const { record, orphans } of alive) {
      for (const one of orphans) kill(one, record, { killed, log, proc });
    }
    if (waited >= PATIENCE) {
      for (const { record, orphans } of alive) warnUnkillable(record, orphans, log);
      return alive.map(({ record }) => record);
    }
    // Once more: what a process has started since is not in this look, nor whose one is that was changing its program.
    await pause(clock, LOOK);
  }
}

interface Reaping {
  /** Who was told of already. */
  readonly killed: Set<string>;
  readonly log: Logger;
  readonly proc: string;
}

function kill({ pid, startTime, command }: Seen, { name }: SpawnRecord, { killed, log, proc }: Reaping): void {
  // The last moment to see that its id was given away.
  if (statOf(pid, proc)?.startTime !== startTime) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it has ended since; anything else shows in the next look.
  }
  const id = `${pid} ${startTime}`;
  if (killed.has(id)) return;
  killed.add(id);
  const shown = command.slice(1, 4).join(' ').trim();
  log.warn({ plugin: name, pid }, `process ${pid} of plugin ${name} was left behind, killed it: ${shown}`);
}

function warnUnkillable({ name }: SpawnRecord, orphans: readonly Seen[], log: Logger): void {
  const ids = orphans.map(({ pid }) => pid).join(', ');
  log.warn({ plugin: name }, `plugin ${name} has left processes behind that can not be killed: ${ids}`);
}
