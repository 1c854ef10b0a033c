import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Decision, type Pace } from '../../lib/rule/share-pace.js';
import { Pressure } from '../../lib/stage.js';

/** A queue that counts how often it is asked. */
class Asked {
  asked = 0;
  constructor(
    readonly name: string,
    private count: number,
  ) {}

  get waits(): number {
    this.asked += 1;
    return this.count;
  }

  set(count: number, decision: Decision<Asked>): void {
    const before = this.count;
    this.count = count;
    decision.changed(this, before);
  }
}

function decide(pace: Pace, waits: readonly number[]) {
  const decision = new Decision<Asked>(pace);
  const queues = waits.map((count, index) => new Asked('abc'[index] ?? `${index}`, count));
  for (const queue of queues) decision.add(queue);
  return { decision, queues };
}

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
    const { decision } = decide(pace, waits);
    expect(decision.queue?.name).toBe(name);
    expect(decision.waits).toBe(decision.queue?.waits ?? 0);
  });

  it.each<Pace>(['slowest', 'fastest'])(
    'is the same as if all were asked, whoever comes, changes and goes: %s',
    (pace) => {
      const index = fc.nat(7);
      const steps = fc.array(
        fc.oneof(
          { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), index, count: fc.nat(4) }) },
          fc.record({ do: fc.constantFrom('add' as const, 'remove' as const), index, count: fc.constant(0) }),
        ),
        { maxLength: 60 },
      );
      fc.assert(
        fc.property(steps, (all) => {
          const { decision } = decide(pace, []);
          const queues = Array.from({ length: 8 }, (_, name) => new Asked(`${name}`, 0));
          const there = new Set<Asked>();
          for (const step of all) {
            const queue = queues[step.index] as Asked;
            if (step.do === 'add') decision.add(queue);
            if (step.do === 'remove') decision.remove(queue);
            if (step.do === 'add') there.add(queue);
            if (step.do === 'remove') there.delete(queue);
            if (step.do === 'set' && step.count !== queue.waits) queue.set(step.count, decision);
            const waits = [...there].map((one) => one.waits);
            const wanted = pace === 'slowest' ? Math.max(...waits) : Math.min(...waits);
            expect(decision.waits).toBe(there.size === 0 ? 0 : wanted);
          }
        }),
      );
    },
  );

  it.each<Pace>(['slowest', 'fastest'])(
    'asks few of a thousand when each gets, and gives up, a hundred: %s',
    (pace) => {
      const { decision, queues } = decide(pace, new Array<number>(1_000).fill(0));
      for (const queue of queues) queue.asked = 0;
      const counts = Array.from({ length: 100 }, (_, n) => n + 1);
      for (const count of [...counts, ...counts.map((n) => 100 - n)])
        for (const queue of queues) queue.set(count, decision);
      expect(decision.waits).toBe(0);
      // 200,000 changes: once for each, and once more where all have moved on.
      expect(queues.reduce((sum, { asked }) => sum + asked, 0)).toBeLessThan(500_000);
    },
  );

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
      gauge.set(decide(pace, waits).decision.waits);
      expect([waits, pressure.under]).toEqual([waits, held]);
    }
  });
});
