/** One measurement: what flows by, or what is called, while the time runs. */
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Metric, Sample } from './result.js';
import { quantile } from './stats.js';

/** Metrics of all that moves tuples; a sample has those that it has. */
export const FLOW: readonly Metric[] = [
  { name: 'per s', digits: 1, joint: 'least' },
  { name: 'MB/s', plain: true },
  { name: 'p50 µs', digits: 1, plain: true, brief: 'nothing' },
  { name: 'p99 µs', digits: 1, brief: 'figure' },
  { name: 'p99.9 µs', digits: 1, plain: true, brief: 'nothing' },
  { name: 'lost %', digits: 1, plain: true },
  { name: 'host µs', digits: 2, joint: 'sum' },
];

/** How long a flow runs before its measurement starts, in milliseconds. */
const SETTLE = 200;
/** A measurement goes on until it has seen so many tuples, up to so many times as long. */
const FEWEST = 20;
const LONGEST = 6;
const FIRST_WITHIN = 20_000;

const MEGABYTE = 1e6;

/** What a chain takes of the whole machine, where processes share it; it has no more than its processors. */
export const SHARED: readonly Metric[] = [
  { name: 'all µs', digits: 2, joint: 'sum', brief: 'nothing' },
  { name: 'cores', digits: 2, plain: true, brief: 'nothing' },
];

/**
 * Rate and processor time of this process per tuple, while `count` grows for `seconds`; `bytes` is the size of a tuple.
 * `started` is told when it has settled.
 */
export async function measureFlow(
  seconds: number,
  bytes: number,
  count: () => number,
  started: () => void = () => undefined,
): Promise<Sample> {
  await beyond(count, 0, performance.now() + FIRST_WITHIN);
  await pause(SETTLE);
  // From one arrival to another: a large frame more or less is much.
  await beyond(count, count(), performance.now() + FIRST_WITHIN);
  started();
  const [counted, cpu, all, start] = [count(), process.cpuUsage(), busy(), performance.now()];
  const deadline = start + seconds * 1000 * LONGEST;
  await pause(seconds * 1000);
  await beyond(count, counted + FEWEST - 1, deadline);
  await beyond(count, count(), deadline);
  await beyond(count, counted, start + FIRST_WITHIN);
  const tuples = count() - counted;
  const { user, system } = process.cpuUsage(cpu);
  if (tuples === 0) throw new Error('no tuple came within 20 s');
  const [lasted, machine] = [performance.now() - start, busy() - all];
  const rate = (tuples / lasted) * 1000;
  return {
    'per s': rate,
    'MB/s': (rate * bytes) / MEGABYTE,
    'host µs': (user + system) / tuples,
    'all µs': (machine * 1000) / tuples,
    cores: machine / lasted,
  };
}

/** Milliseconds that the processors of the machine have worked, for whatever runs on it. */
const busy = (): number =>
  cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);

/** Waits until `count` is more than `than`, or until `deadline`. */
async function beyond(count: () => number, than: number, deadline: number): Promise<void> {
  while (count() <= than && performance.now() < deadline) await pause(1);
}

/**
 * The calls of one measurement, by how long each took: from the result of the one before it to its own, since a
 * connection carries one at a time and is never without; or as its caller says.
 */
export class Calls {
  private readonly times: number[] = [];
  private last = performance.now();

  end(): void {
    const now = performance.now();
    this.times.push(now - this.last);
    this.last = now;
  }

  /** One that began at `start`, beside others. */
  took(start: number): void {
    this.times.push(performance.now() - start);
  }

  async during(seconds: number, bytes: number): Promise<Sample> {
    let first = 0;
    const count = (): number => this.times.length;
    const flow = await measureFlow(seconds, bytes, count, () => (first = count()));
    const micros = this.times.slice(first).map((time) => time * 1000);
    return {
      ...flow,
      'p50 µs': quantile(micros, 0.5),
      'p99 µs': quantile(micros, 0.99),
      'p99.9 µs': quantile(micros, 0.999),
    };
  }
}
