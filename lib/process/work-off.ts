/**
 * A stopped sink of the Go SDK still works off up to 128 messages that it has read, and then calls its collector with
 * nothing for ever, with about one and a half cores, until its process ends. To kill it in between loses them.
 */
import { readFileSync } from 'node:fs';
import { type Clock, pause } from '../clock.js';

/** Milliseconds between two looks. */
const STEP = 100;
const SOON = 200;
const LATE = 2_000;
const LAST = 10_000;
/** Milliseconds in which a sink at work does something that can be seen. */
const IDLE = 1_000;
/** A clock tick of /proc in milliseconds: USER_HZ is 100 on every Linux. */
const TICK = 10;

/** What can be seen of a process; times in milliseconds. */
export interface Busyness {
  /** Since the sink was told to stop. */
  readonly elapsed: number;
  /** How many cores it has kept busy lately. */
  readonly cores: number;
  /** Since it last read, wrote or used a tenth of a core. */
  readonly idle: number;
}

/** Whether nothing is left to work off. */
export function isWorkedOff({ elapsed, cores, idle }: Busyness): boolean {
  if (elapsed < SOON) return false;
  // A sink takes one message at a time: what keeps more than a core busy is the spinning.
  if (cores >= 1.2 || (cores >= 0.3 && elapsed >= LATE)) return true;
  return idle >= IDLE || elapsed >= LAST;
}

/** Waits until process `pid` has worked off what it had at `since`: ten seconds at most, two where there is no /proc. */
export async function workOff(clock: Clock, pid: number, since: number): Promise<void> {
  let last = usageOf(pid);
  let at = clock.now();
  let activeAt = since;
  let cores = 0;
  while (last !== undefined && !isWorkedOff({ elapsed: clock.now() - since, cores, idle: clock.now() - activeAt })) {
    await pause(clock, STEP);
    const now = clock.now();
    const usage = usageOf(pid);
    if (usage === undefined) return;
    cores = (usage.cpu - last.cpu) / Math.max(1, now - at);
    if (cores >= 0.1 || usage.calls !== last.calls) activeAt = now;
    last = usage;
    at = now;
  }
  if (last === undefined && process.platform !== 'linux') await pause(clock, Math.max(0, since + LATE - clock.now()));
}

interface Usage {
  /** Milliseconds of processor time. */
  readonly cpu: number;
  /** Calls that read or write. */
  readonly calls: number;
}

/** Undefined for a process that is gone, and where there is no /proc. */
function usageOf(pid: number): Usage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces; user and system time are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const io = readFileSync(`/proc/${pid}/io`, 'utf8').matchAll(/^sysc[rw]: (\d+)$/gm);
    const calls = [...io].reduce((sum, [, count]) => sum + Number(count), 0);
    return { cpu: (Number(fields[11]) + Number(fields[12])) * TICK, calls };
  } catch {
    return undefined;
  }
}
