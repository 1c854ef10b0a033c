/**
 * A sink of the Go SDK reads up to 128 messages ahead. STOP calls the author's `Close` at once, and the rest of them are
 * collected after it, into a file that is closed, say. Then the collector is called with nothing for ever, with one to one
 * and a half cores, until the process ends. So STOP waits for the messages, and the end of the process for what is left.
 */
import { readFileSync } from 'node:fs';
import { type Clock, pause } from '../clock.js';

/** Milliseconds between two looks. */
const STEP = 100;
const SOON = 200;
const LATE = 2_000;
/** The longest wait, before STOP or after it. */
export const LONGEST_WORK = 10_000;
/** Milliseconds in which a sink at work does something that can be seen. */
const IDLE = 1_000;
/** The same before STOP, while what comes has to wait; a Go sink without messages stirs every 500. */
const QUIET = 300;
/** Milliseconds of a busy core without a call that reads or writes: no message takes as long. */
const CALM = 400;
/** A clock tick of /proc in milliseconds: USER_HZ is 100 on every Linux. */
const TICK = 10;

/** What can be seen of a process; times in milliseconds. */
export interface Busyness {
  /** Since the sink was told to stop. */
  readonly elapsed: number;
  /** How many cores it has kept busy lately. */
  readonly cores: number;
  /** Since it last read, wrote or used some of a core. */
  readonly idle: number;
  /** Since it last read or wrote. */
  readonly calm: number;
}

/** Whether nothing is left to work off after STOP. */
export function isWorkedOff({ elapsed, cores, idle, calm }: Busyness): boolean {
  if (elapsed < SOON) return false;
  // A sink takes one message at a time: what keeps more than a core busy is the spinning.
  if (cores >= 1.2 || (cores >= 0.9 && calm >= CALM) || (cores >= 0.3 && elapsed >= LATE)) return true;
  return idle >= IDLE || elapsed >= LONGEST_WORK;
}

/** How the process is used that a sink is about to be stopped in. */
export interface Usage {
  /** Something else is at work there: what can be seen of the process says little of the sink. */
  readonly shared: boolean;
  /** A sink was stopped there before, and spins. */
  readonly spins: boolean;
}

/** Whether nothing is left to collect before STOP, as far as can be told: `shared` ones are given up earlier. */
export function isCollected({ elapsed, idle, calm }: Busyness, { shared, spins }: Usage): boolean {
  return (spins ? calm : idle) >= QUIET || elapsed >= (shared ? LATE : LONGEST_WORK);
}

/** Of the time between two looks what nothing was seen in: a machine that was suspended, or gives others its processors. */
export const unseen = (between: number): number => Math.max(0, between - 2 * STEP);

/** Waits until process `pid` has worked off what it had at `since`: ten seconds at most, two where there is no /proc. */
export async function workOff(clock: Clock, pid: number, since: number): Promise<void> {
  const seen = await watch(clock, pid, since, isWorkedOff);
  if (seen === undefined && process.platform !== 'linux') await pause(clock, Math.max(0, since + LATE - clock.now()));
}

/** Waits until the sinks of process `pid` have collected what they had read. False when that can not be told. */
export async function collect(clock: Clock, pid: number, usage: () => Usage): Promise<boolean> {
  const last = await watch(clock, pid, clock.now(), (busyness) => isCollected(busyness, usage()));
  return last !== undefined && (usage().spins ? last.calm : last.idle) >= QUIET;
}

/** Looks again and again until `done`; answers what was seen last, or undefined when nothing could be seen at all. */
async function watch(
  clock: Clock,
  pid: number,
  since: number,
  done: (busyness: Busyness) => boolean,
): Promise<Busyness | undefined> {
  let last = workOf(pid);
  let at = clock.now();
  let [activeAt, calledAt] = [since, since];
  let seen: Busyness | undefined;
  for (let cores = 0; last !== undefined;) {
    seen = { elapsed: clock.now() - since, cores, idle: clock.now() - activeAt, calm: clock.now() - calledAt };
    if (done(seen)) return seen;
    await pause(clock, STEP);
    const now = clock.now();
    const work = workOf(pid);
    if (work === undefined) return seen;
    cores = (work.cpu - last.cpu) / Math.max(1, now - at);
    const missed = unseen(now - at);
    calledAt = work.calls !== last.calls ? now : calledAt + missed;
    activeAt = work.calls !== last.calls || cores > 0.15 ? now : activeAt + missed;
    last = work;
    at = now;
  }
  return seen;
}

interface Work {
  /** Milliseconds of processor time. */
  readonly cpu: number;
  /** Calls that read or write. */
  readonly calls: number;
}

/** Undefined for a process that is gone, and where there is no /proc. */
function workOf(pid: number): Work | undefined {
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
