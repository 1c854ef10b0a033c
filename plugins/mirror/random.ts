import { setTimeout as sleep } from 'node:timers/promises';
import type { SourceContext } from 'rxport/sdk';

/** Counts, with a random number between 0 and 1: `{ i: 0, value: 0.63 }`. */
export function random({ config, signal }: SourceContext) {
  const interval = numberOf(config, 'interval', 1_000);
  const count = numberOf(config, 'count', Infinity);
  const next = generator(numberOf(config, 'seed', Date.now()));
  return values();

  async function* values() {
    for (let i = 0; i < count; i += 1) {
      if (interval > 0) await sleep(interval, undefined, { signal });
      yield { i, value: next() };
    }
  }
}

function numberOf(config: SourceContext['config'], key: string, otherwise: number): number {
  const value = config[key] ?? otherwise;
  if (typeof value === 'number' && value >= 0) return value;
  throw new Error(`random: ${key} is ${JSON.stringify(value)}, expected a number from 0 up`);
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
