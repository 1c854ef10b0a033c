import { describe, expect, it } from '@jest/globals';
import { Latency } from './latency.js';

describe('the latency of a long run', () => {
  it('compares the first tenth with the last, within two percent', () => {
    const latency = new Latency();
    for (let i = 1; i <= 1_000; i += 1) {
      latency.add(i / 100, 0.05);
      latency.add(1_000, 0.5);
      latency.add(i / 10, 0.95);
    }
    const { first, last } = latency.drift(0.99);
    expect(first / 9.9).toBeCloseTo(1.01, 1);
    expect(last / 99).toBeCloseTo(1.01, 1);
  });

  it('lets what comes before and after the run pass', () => {
    const latency = new Latency();
    latency.add(1, -Infinity);
    latency.add(1, 1.01);
    expect(latency.drift(0.99)).toEqual({ first: NaN, last: NaN });
  });
});
