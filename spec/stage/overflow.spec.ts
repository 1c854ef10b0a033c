import { describe, expect, it } from '@jest/globals';
import { Bound } from '../../lib/stage/bound.js';
import { checkOverflow, DEFAULT_OVERFLOW, marksOf, type Overflow } from '../../lib/stage/overflow.js';
import { Queue } from '../../lib/stage/queue.js';

type Policy = Overflow['policy'];

const contents = (queue: Queue<string>): string => {
  let text = '';
  for (let value = queue.shift(); value !== undefined; value = queue.shift()) text += value;
  return text;
};

describe('a bounded queue', () => {
  it.each<[Policy, string, string, number, boolean]>([
    ['drop-oldest', '', 'x', 0, false],
    ['drop-oldest', 'ab', 'abx', 0, false],
    ['drop-oldest', 'abc', 'bcx', 1, false],
    ['drop-newest', '', 'x', 0, false],
    ['drop-newest', 'ab', 'abx', 0, false],
    ['drop-newest', 'abc', 'abc', 1, false],
    ['error', '', 'x', 0, false],
    ['error', 'ab', 'abx', 0, false],
    ['error', 'abc', 'abc', 1, true],
    ['latest', '', 'x', 0, false],
    ['latest', 'a', 'x', 1, false],
    // What a broken connection has put back.
    ['latest', 'abc', 'x', 3, false],
  ])('of three, with %s: x comes to "%s", which becomes "%s"', (policy, before, after, dropped, failed) => {
    const queue = new Queue<string>();
    for (const value of before) queue.push(value);
    expect(new Bound({ size: 3, policy }).admit(queue, 'x')).toEqual({ dropped, failed });
    expect(contents(queue)).toBe(after);
  });

  it.each<Policy>(['drop-oldest', 'drop-newest', 'error'])('of one, with %s, holds one', (policy) => {
    const queue = new Queue<string>();
    const bound = new Bound({ size: 1, policy });
    const admissions = ['a', 'b', 'c'].map((value) => bound.admit(queue, value).dropped);
    expect(admissions).toEqual([0, 1, 1]);
    expect(queue).toHaveLength(1);
  });

  it('holds ten thousand and drops the oldest unless it is told otherwise', () => {
    expect(checkOverflow('here')).toBe(DEFAULT_OVERFLOW);
    expect(DEFAULT_OVERFLOW).toEqual({ size: 10_000, policy: 'drop-oldest', byWeight: true });
  });

  it.each<[Policy, number]>([
    ['drop-oldest', 1],
    ['error', 5],
    ['latest', 0],
    ['latest', NaN],
  ])('may be %s of %d', (policy, size) => {
    const overflow = { policy, size };
    expect(checkOverflow('here', overflow)).toBe(overflow);
  });

  it.each([
    ['drop-oldest', 0, 'queue.size 0 is no whole number from 1'],
    ['drop-newest', -1, 'queue.size -1'],
    ['error', 1.5, 'queue.size 1.5'],
    ['error', NaN, 'queue.size NaN'],
    ['error', Infinity, 'queue.size Infinity'],
    ['newest', 1, 'queue.policy newest is none of drop-oldest, drop-newest, latest, error'],
  ])('may not be %s of %d', (policy, size, problem) => {
    expect(() => checkOverflow('sink file', { policy: policy as Policy, size })).toThrow(
      expect.objectContaining({ code: 'ERR_OPERATOR_OPTION', message: expect.stringContaining(problem) as unknown }),
    );
  });
});

describe('the marks of a queue', () => {
  const of = (size: number, policy: Policy = 'drop-oldest', marks: Partial<Overflow> = {}): Overflow => ({
    size,
    policy,
    ...marks,
  });

  it.each<[string, Overflow, number, number]>([
    ['three quarters, and a quarter of that', of(100), 75, 18],
    ['a thousand at most', of(10_000), 1_000, 250],
    ['a thousand at just that', of(1_334), 1_000, 250],
    ['whole numbers', of(10), 7, 1],
    ['two of three', of(3), 2, 0],
    ['one of two', of(2), 1, 0],
    ['none of one: what waits at all is too much', of(1), 0, 0],
    ['the same for every policy that keeps several', of(100, 'error'), 75, 18],
    ['none that is ever reached, for the latest', of(100, 'latest'), Infinity, Infinity],
    ['low follows a given high', of(100, 'drop-newest', { high: 40 }), 40, 10],
    ['high does not follow a given low', of(100, 'drop-newest', { low: 50 }), 75, 50],
    ['both as given', of(100, 'drop-oldest', { high: 50, low: 50 }), 50, 50],
    ['Infinity', of(100, 'drop-oldest', { high: Infinity }), Infinity, Infinity],
    ['Infinity twice', of(100, 'drop-oldest', { high: Infinity, low: Infinity }), Infinity, Infinity],
    ['just below what there is room for', of(100, 'drop-oldest', { high: 99 }), 99, 24],
    ['zero', of(100, 'drop-oldest', { high: 0 }), 0, 0],
    ['what was asked for, of the latest too', of(1, 'latest', { high: 0 }), 0, 0],
  ])('are %s', (_, overflow, high, low) => {
    expect(checkOverflow('here', overflow)).toBe(overflow);
    expect(marksOf(overflow)).toEqual({ high, low });
  });

  it.each<[Partial<Overflow>, string]>([
    [{ high: -1 }, 'sink file: queue.high -1 is no number from 0'],
    [{ high: NaN }, 'queue.high NaN is no number from 0'],
    [{ low: -1 }, 'queue.low -1 is not between 0 and queue.high 75'],
    [{ low: NaN }, 'queue.low NaN'],
    [{ low: 76 }, 'queue.low 76 is not between 0 and queue.high 75'],
    [{ high: 10, low: 11 }, 'queue.low 11 is not between 0 and queue.high 10'],
    [{ high: 101 }, 'sink file: queue.high 101 is not below 100, the most that wait: give Infinity to leave'],
    [{ high: 100 }, 'queue.high 100 is not below 100'],
    [{ policy: 'latest', high: 1 }, 'queue.high 1 is not below 1, the most that wait'],
    [{ high: Infinity, low: 10 }, 'sink file: queue.low 10 means nothing where queue.high is Infinity'],
    [{ high: Infinity, low: NaN }, 'queue.low NaN means nothing'],
    [{ policy: 'latest', low: 0 }, 'queue.low 0 means nothing where queue.high is Infinity'],
  ])('may not be %p', (marks, problem) => {
    expect(() => checkOverflow('sink file', of(100, marks.policy, marks))).toThrow(
      expect.objectContaining({ code: 'ERR_OPERATOR_OPTION', message: expect.stringContaining(problem) as unknown }),
    );
  });

  it('are named as they were given: an operator has them among its own options', () => {
    const problem = 'mapAsync: low 11 is not between 0 and high 10';
    expect(() => checkOverflow('mapAsync', of(100, 'error', { high: 10, low: 11 }), '')).toThrow(
      expect.objectContaining({ message: problem }),
    );
  });
});
