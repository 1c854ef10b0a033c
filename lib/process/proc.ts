/** What /proc shows of processes; nothing on a system without it. */
import { readdirSync, readFileSync } from 'node:fs';

export const PROC = '/proc';

export interface Stat {
  readonly pid: number;
  /** Its process group. */
  readonly pgrp: number;
  /** In clock ticks since boot. With the id it names one process. */
  readonly startTime: string;
}

/** A process that runs. One that only waits for its parent to read its end is gone: not every init does that. */
export function statOf(pid: number, proc = PROC): Stat | undefined {
  try {
    const [state = '', , pgrp, ...rest] = fieldsOf(pid, proc);
    return 'ZX'.includes(state) ? undefined : { pid, pgrp: Number(pgrp), startTime: rest[16] ?? '' };
  } catch {
    return undefined;
  }
}

/** True for a process that a signal has stopped (SIGSTOP); one that a debugger holds is not. */
export function isStopped(pid: number, proc = PROC): boolean {
  try {
    return fieldsOf(pid, proc)[0] === 'T';
  } catch {
    return false;
  }
}

/**
 * What a process group has done so far: how often its threads have waited or were made to, and clock ticks of processor
 * time. It grows while they work, and hardly while they are idle.
 */
export function effortOf(pgrp: number, proc = PROC): number | undefined {
  const members = pids(proc).filter((pid) => statOf(pid, proc)?.pgrp === pgrp);
  return members.length === 0 ? undefined : members.reduce((sum, pid) => sum + workOf(pid, proc), 0);
}

function workOf(pid: number, proc: string): number {
  try {
    const [user, system] = fieldsOf(pid, proc).slice(11, 13).map(Number);
    const statuses = pids(`${proc}/${pid}/task`).map((thread) =>
      readFileSync(`${proc}/${pid}/task/${thread}/status`, 'utf8'),
    );
    const switches = [...statuses.join('\n').matchAll(/^(?:non)?voluntary_ctxt_switches:\s*(\d+)$/gm)];
    return switches.reduce((sum, [, count]) => sum + Number(count), (user ?? 0) + (system ?? 0));
  } catch {
    // It, or one of its threads, has just ended.
    return 0;
  }
}

/** From the state on. Throws for a process that is not there. */
function fieldsOf(pid: number, proc: string): readonly string[] {
  const stat = readFileSync(`${proc}/${pid}/stat`, 'utf8');
  // The second field is the command in parentheses and may hold spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

export function pids(proc = PROC): readonly number[] {
  try {
    return readdirSync(proc).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Another one after each boot. */
export function bootId(proc = PROC): string | undefined {
  try {
    return readFileSync(`${proc}/sys/kernel/random/boot_id`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
