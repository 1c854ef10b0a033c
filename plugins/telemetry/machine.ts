import { exhaustMap, map, type Observable, pairwise, timer } from 'rxjs';
import type { SourceContext } from 'rxport/sdk';
import { type CpuTicks, cpuPercent, cpuTicks } from './cpu.js';
import { type Disk, disk } from './disk.js';
import { type Memory, memory } from './memory.js';
import { type NetworkBytes, networkBytes, type NetworkRates, networkRates } from './network.js';

/** What the machine did since the value before. */
export interface Machine extends Memory, Disk, NetworkRates {
  readonly at_ms: number;
  readonly cpu_percent: number;
}

interface Reading {
  readonly atMs: number;
  readonly cpu: CpuTicks;
  readonly network: NetworkBytes | undefined;
  readonly levels: Memory & Disk;
}

/** A timer that is set to more fires at once. */
const LIMIT = 2 ** 31;

/** Emits once per `interval`; the first time after one of them, since rates take two readings. */
export function machine({ config }: SourceContext): Observable<Machine> {
  const { interval = 1_000, disk: path = '/' } = config;
  if (typeof interval !== 'number' || !(interval > 0 && interval < LIMIT))
    throw new Error(
      `machine: interval is ${JSON.stringify(interval)}: give milliseconds, more than 0 and less than ${LIMIT}`,
    );
  if (typeof path !== 'string' || path === '')
    throw new Error(`machine: disk is ${JSON.stringify(path)}: give a path on the file system to watch, such as "/"`);

  return timer(0, interval).pipe(
    // A reading that takes longer than the interval is not doubled.
    exhaustMap(() => read(path)),
    pairwise(),
    map(([before, after]) => between(before, after)),
  );
}

async function read(path: string): Promise<Reading> {
  const [cpu, network, used, room] = await Promise.all([cpuTicks(), networkBytes(), memory(), disk(path)]);
  return { atMs: Date.now(), cpu, network, levels: { ...used, ...room } };
}

function between(before: Reading, after: Reading): Machine {
  // At least a millisecond: the clock of the machine may be set back.
  const seconds = Math.max(1, after.atMs - before.atMs) / 1_000;
  return {
    at_ms: after.atMs,
    cpu_percent: cpuPercent(before.cpu, after.cpu),
    ...after.levels,
    ...networkRates(before.network, after.network, seconds),
  };
}
