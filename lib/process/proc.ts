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
    const stat = readFileSync(`${proc}/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces.
    const [state = '', , pgrp, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return 'ZX'.includes(state) ? undefined : { pid, pgrp: Number(pgrp), startTime: rest[16] ?? '' };
  } catch {
    return undefined;
  }
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
