import { describe, expect, it } from '@jest/globals';
import { carried } from './carried.js';

const part = (rate: number, micros: number) => ({ 'per s': rate, 'all µs': micros });

describe('what the cores carry of a chain', () => {
  it.each([
    ['is what they have time for', [part(1e6, 1), part(1e6, 1.5)], 2, { 'per s': 800_000 }],
    ['is no more than its slowest part', [part(1e6, 1), part(300_000, 1.5)], 2, { 'per s': 300_000 }],
    ['grows with them', [part(1e6, 1), part(1e6, 3)], 4, { 'per s': 1e6 }],
    ['is not known without parts', [], 2, {}],
    ['is not known when a part was not measured', [part(1e6, 1), {}], 2, {}],
  ])('%s', (_, parts, cores, expected) => {
    expect(carried(parts, cores)).toEqual(expected);
  });
});
