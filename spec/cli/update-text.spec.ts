import { describe, expect, it } from '@jest/globals';
import type { LastUpdate } from '../../lib/cli/answers.js';
import { updateText } from '../../lib/cli/plugin/update-text.js';

const NOW = 100_000;
const base: LastUpdate = { at: 88_000, from: 'v1', to: 'v2', strategy: 'overlap', took: 340 };
const start = 'v1 to v2 12 s ago, overlap in 340 ms';

describe('the line about the last update', () => {
  it.each<[what: string, update: LastUpdate, line: string]>([
    ['says versions, time and strategy', base, start],
    ['says nothing of what has cost nothing', { ...base, sources: [{ gap: 0 }], functions: [{ drained: 0 }] }, start],
    [
      'says the longest gap',
      { ...base, sources: [{ gap: 4 }, { gap: 9 }], sinks: [{ gap: 2 }] },
      `${start}; gap of 9 ms`,
    ],
    ['adds up', { ...base, sinks: [{ queued: 3 }, { queued: 4 }] }, `${start}; 7 values queued`],
    [
      'says one of one',
      { ...base, sinks: [{ gap: 1, queued: 1 }], functions: [{ drained: 1 }, {}] },
      `${start}; gap of 1 ms; 1 value queued; 1 call drained`,
    ],
    ['knows no version of a broken one', { ...base, from: '' }, 'v2 12 s ago, overlap in 340 ms'],
    ['leaves out what a service does not say', { from: 'v1', to: 'v2' }, 'v1 to v2'],
  ])('%s', (_, update, line) => {
    expect(updateText(update, NOW)).toBe(line);
  });
});
