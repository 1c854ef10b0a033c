import { map, type ObservableInput, take, timer } from 'rxjs';
import type { SourceContext } from 'rxport/sdk';

export interface Random {
  readonly i: number;
  /** From 0 up to, not including, 1. */
  readonly value: number;
}

/** Counts, with a random number: an Observable of a clock, or as fast as the rule takes it. */
export function random({ config }: SourceContext): ObservableInput<Random> {
  const interval = numberOf(config, 'interval', 1_000);
  // A timer that is set to more fires at once.
  if (interval >= 2 ** 31) throw new Error(`random: interval is ${interval}: give less than ${2 ** 31}`);
  const count = numberOf(config, 'count', Infinity);
  const next = generator(numberOf(config, 'seed', Date.now()));
  if (interval === 0) return values(count, next);
  return timer(interval, interval).pipe(
    take(count),
    map((i) => ({ i, value: next() })),
  );
}

function* values(count: number, next: () => number): Iterable<Random> {
  for (let i = 0; i < count; i += 1) yield { i, value: next() };
}

function numberOf(config: SourceContext['config'], key: string, otherwise: number): number {
  const value = config[key] ?? otherwise;
  if (typeof value === 'number' && value >= 0) return value;
  throw new Error(`random: ${key} is ${JSON.stringify(value)}: give a number, 0 or more`);
}

/** mulberry32: the same numbers for the same seed. */
function generator(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
