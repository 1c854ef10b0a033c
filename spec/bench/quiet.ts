import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

/** One look at the machine, in milliseconds. */
const LOOK = 100;
const IDLE_ENOUGH = 0.85;
/** How long to wait for a quiet moment before measuring in a loud one, in milliseconds. */
const PATIENCE = 1_000;

/** Resolves true when the processors have little to do, false when they never had within one second. */
export async function quietMoment(): Promise<boolean> {
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    const before = times();
    await pause(LOOK);
    const after = times();
    if ((after.idle - before.idle) / (after.all - before.all) >= IDLE_ENOUGH) return true;
  }
  return false;
}

function times(): { readonly idle: number; readonly all: number } {
  let [idle, all] = [0, 0];
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, all };
}
