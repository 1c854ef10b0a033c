import { setTimeout as pause } from 'node:timers/promises';
import type { Metric, Sample } from './harness.js';

export const THROUGHPUT: readonly Metric[] = [{ name: 'tuples/s' }, { name: 'host µs/tuple', digits: 2 }];

/** How long a flow runs before its measurement starts, in seconds. */
const SETTLE = 0.2;

/** Rate and CPU time of this process per tuple, while `count` grows for `seconds`. */
export async function measureFlow(seconds: number, count: () => number): Promise<Sample> {
  await firstOf(count);
  await pause(SETTLE * 1000);
  const [counted, cpu, start] = [count(), process.cpuUsage(), performance.now()];
  await pause(seconds * 1000);
  const tuples = count() - counted;
  const { user, system } = process.cpuUsage(cpu);
  return {
    'tuples/s': (tuples / (performance.now() - start)) * 1000,
    'host µs/tuple': (user + system) / tuples,
  };
}

/** Waits for the first tuple. */
async function firstOf(count: () => number): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (count() === 0) {
    if (performance.now() > deadline) throw new Error('no tuple within 20 s');
    await pause(1);
  }
}
