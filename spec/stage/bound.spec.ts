import { describe, expect, it } from '@jest/globals';
import { Bound } from '../../lib/stage/bound.js';
import { checkOverflow, type CheckedOverflow, type Overflow } from '../../lib/stage/overflow.js';
import { Queue } from '../../lib/stage/queue.js';

type Policy = Overflow['policy'];
/** So many values that weigh so much come; so many wait after that, and so many were dropped by it. */
type Step = readonly [count: number, weight: number, waiting: number, dropped: number];

const ofTen = (policy: Policy): CheckedOverflow => ({ size: 10, policy, byWeight: true });

function filled(overflow: CheckedOverflow) {
  const queue = new Queue<number>();
  const scale = { weight: 1 };
  const bound = new Bound(overflow, scale);
  let next = 0;
  const come = (count: number, weight = 1): number => {
    scale.weight = weight;
    let dropped = 0;
    for (let i = 0; i < count; i += 1) dropped += bound.admit(queue, next++).dropped;
    return dropped;
  };
  const leave = (count: number): void => {
    for (let i = 0; i < count; i += 1) queue.shift();
  };
  return { queue, bound, scale, come, leave };
}

const valuesOf = (queue: Queue<number>): number[] => Array.from({ length: queue.length }, (_, i) => queue.at(i) ?? NaN);

describe('a queue for ten, where nobody has given a size', () => {
  it.each<[string, Policy, readonly Step[]]>([
    ['ten small ones', 'drop-oldest', [[12, 1, 10, 2]]],
    ['three of weight three', 'drop-oldest', [[5, 3, 3, 2]]],
    ['what is a little heavier than one for two', 'drop-oldest', [[10, 1.1, 5, 5]]],
    ['one, however heavy it is', 'drop-oldest', [[3, 1_000, 1, 2]]],
    // prettier-ignore
    ['a heavy one in the place of as many small ones', 'drop-oldest', [[10, 1, 10, 0], [1, 3, 8, 3], [1, 3, 6, 3]]],
    // prettier-ignore
    ['a heavy one beside small ones, where both fit', 'drop-oldest', [[5, 1, 5, 0], [1, 5, 6, 0], [1, 1, 6, 1]]],
    // prettier-ignore
    ['small ones again when the heavy ones have gone', 'drop-oldest', [[5, 3, 3, 2], [1, 1, 4, 0], [1, 1, 4, 1], [20, 1, 10, 14]]],
    // prettier-ignore
    ['what is there, under drop-newest', 'drop-newest', [[5, 3, 3, 2], [1, 1, 4, 0], [3, 1, 4, 3]]],
    // prettier-ignore
    ['what is there, under error', 'error', [[5, 3, 3, 2], [1, 1, 4, 0], [3, 1, 4, 3]]],
    ['the newest alone, under latest', 'latest', [[5, 3, 1, 4]]],
  ])('holds %s: %s', (_, policy, steps) => {
    const { queue, come } = filled(ofTen(policy));
    for (const [count, weight, waiting, dropped] of steps) {
      expect(come(count, weight)).toBe(dropped);
      expect(queue).toHaveLength(waiting);
    }
  });

  it('has room again as heavy ones leave', () => {
    const { come, leave, queue } = filled(ofTen('drop-newest'));
    expect(come(4, 3)).toBe(1);
    leave(2);
    expect(come(8)).toBe(1);
    expect(queue).toHaveLength(8);
    leave(8);
    expect(come(11)).toBe(1);
  });

  it('says how many of the values that come now it holds', () => {
    const { bound, scale } = filled(ofTen('error'));
    const sizes = [1, 2, 2.5, 10, 1_000].map((weight) => {
      scale.weight = weight;
      return bound.size;
    });
    expect(sizes).toEqual([10, 5, 3, 1, 1]);
  });

  it.each<[Policy, number, readonly number[], boolean]>([
    ['drop-oldest', 1, [98, 99, 0, 1, 2, 3, 4, 5, 6, 7], false],
    ['drop-newest', 1, [97, 98, 99, 0, 1, 2, 3, 4, 5, 6], false],
    ['error', 1, [97, 98, 99, 0, 1, 2, 3, 4, 5, 6], true],
    ['latest', 1, [7], false],
    ['drop-oldest', 2, [3, 4, 5, 6, 7], false],
    ['drop-newest', 2, [97, 98, 99, 0, 1, 2], false],
  ])('drops by %s what is too much of what was put back, where each weighs %d', (policy, weight, left, failed) => {
    const { queue, bound, come } = filled(ofTen(policy));
    come(8, weight);
    for (const value of [99, 98, 97]) queue.unshift(value);
    const before = queue.length;
    expect(bound.trim(queue)).toEqual({ dropped: before - left.length, failed });
    expect(valuesOf(queue)).toEqual(left);
  });
});

it.each<Policy>(['drop-oldest', 'drop-newest', 'error'])('a size that is given is a count, under %s', (policy) => {
  const { come, queue } = filled(checkOverflow('here', { size: 10, policy }));
  expect(come(12, 1_000)).toBe(2);
  expect(queue).toHaveLength(10);
});

it('what was put back within the bound stays', () => {
  const { queue, bound, come } = filled(ofTen('drop-oldest'));
  come(3);
  queue.unshift(99);
  expect(bound.trim(queue)).toEqual({ dropped: 0, failed: false });
  expect(valuesOf(queue)).toEqual([99, 0, 1, 2]);
});
