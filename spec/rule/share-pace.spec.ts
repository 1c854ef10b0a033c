import { describe, expect, it } from '@jest/globals';
import { decisive, type Pace } from '../../lib/rule/share-pace.js';
import { Pressure } from '../../lib/stage.js';

const queues = (...waits: readonly number[]) => waits.map((count, index) => ({ name: 'abc'[index], waits: count }));

describe('the queue that decides the pace of a share', () => {
  it.each<[string, Pace, readonly number[], string | undefined]>([
    ['nobody is there', 'slowest', [], undefined],
    ['nobody is there', 'fastest', [], undefined],
    ['one is alone', 'slowest', [3], 'a'],
    ['one is alone', 'fastest', [3], 'a'],
    ['one is behind', 'slowest', [0, 9, 2], 'b'],
    ['one is ahead', 'fastest', [7, 9, 2], 'c'],
    ['nothing waits', 'slowest', [0, 0], 'a'],
    ['all are behind alike', 'fastest', [5, 5, 5], 'a'],
    ['one waits for nothing', 'fastest', [5, 0, 5], 'b'],
  ])('when %s, %s', (_, pace, waits, name) => {
    expect(decisive(pace, queues(...waits))?.name).toBe(name);
  });

  it.each<[string, Pace, readonly (readonly [waits: readonly number[], held: boolean])[]]>([
    [
      'slowest holds from the first that rises above its mark until the last is at its low one',
      'slowest',
      [
        [[8, 8], false],
        [[9, 0], true],
        [[9, 9], true],
        [[2, 9], true],
        [[2, 3], true],
        [[2, 2], false],
        [[8, 2], false],
      ],
    ],
    [
      'fastest holds from the last that rises above its mark until the first is at its low one',
      'fastest',
      [
        [[9, 0], false],
        [[99, 8], false],
        [[99, 9], true],
        [[99, 3], true],
        [[9, 3], true],
        [[99, 2], false],
        [[99, 8], false],
        [[9, 9], true],
        [[2, 9], false],
      ],
    ],
  ])('%s', (_, pace, steps) => {
    const pressure = new Pressure(() => undefined);
    const gauge = pressure.gauge('share', { high: 8, low: 2 });
    for (const [waits, held] of steps) {
      gauge.set(decisive(pace, queues(...waits))?.waits ?? 0);
      expect([waits, pressure.under]).toEqual([waits, held]);
    }
  });
});
