import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffDelay } from '../../lib/process/backoff.js';

const even = { delay: 200, maxDelay: 30_000, jitter: 0 };

describe('a back-off', () => {
  it('doubles up to its limit', () => {
    const waits = Array.from({ length: 10 }, (_, i) => backoffDelay(even, i + 1, 0.5));
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('stays at its limit however often it has been tried', () => {
    expect(backoffDelay(even, 5_000, 0.5)).toBe(30_000);
  });

  it('gives chance its share, both ways', () => {
    const jittery = { ...even, jitter: 0.2 };
    expect([0, 0.5, 0.999_999].map((chance) => backoffDelay(jittery, 1, chance))).toEqual([160, 200, 240]);
    expect(backoffDelay(jittery, 20, 0.999_999)).toBe(36_000);
  });

  it('is always a whole number of milliseconds within the bounds of its jitter', () => {
    const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        chances,
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (chance, attempt, jitter) => {
          const base = backoffDelay(even, attempt, 0.5);
          const wait = backoffDelay({ ...even, jitter }, attempt, chance);
          expect(Number.isInteger(wait)).toBe(true);
          expect(wait).toBeGreaterThanOrEqual(Math.floor(base * (1 - jitter)));
          expect(wait).toBeLessThanOrEqual(Math.ceil(base * (1 + jitter)));
        },
      ),
    );
  });
});
