import { type Clock, pause } from '../clock.js';
import { pids, statOf } from './proc.js';

/** Milliseconds between two looks at a group. */
const FIRST_LOOK = 5;
const LAST_LOOK = 100;

/** Signals a process group; the id of one with a member is not given to another. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: it ended between the decision and the signal.
  }
}

/** Resolves with true once no process of the group is left, with false when one still runs after `ms`. */
export async function groupGone(clock: Clock, pid: number, ms: number): Promise<boolean> {
  let waited = 0;
  for (let wait = FIRST_LOOK; isGroupAlive(pid); wait = Math.min(2 * wait, LAST_LOOK)) {
    if (waited >= ms) return false;
    await pause(clock, wait);
    waited += wait;
  }
  return true;
}

function isGroupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
  } catch (cause) {
    // EPERM: there is one, of another user.
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  // Those that nobody has reaped count for the kernel.
  const all = pids();
  return all.length === 0 || all.some((one) => statOf(one)?.pgrp === pid);
}
