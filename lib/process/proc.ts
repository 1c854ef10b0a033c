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
