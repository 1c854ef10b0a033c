import { describe, expect, it } from '@jest/globals';
import { admit, checkOverflow, DEFAULT_OVERFLOW, type Overflow } from '../../lib/stage/overflow.js';
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
    expect(admit(queue, 'x', { size: 3, policy })).toEqual({ dropped, failed });
    expect(contents(queue)).toBe(after);
  });

  it.each<Policy>(['drop-oldest', 'drop-newest', 'error'])('of one, with %s, holds one', (policy) => {
    const queue = new Queue<string>();
    const admissions = ['a', 'b', 'c'].map((value) => admit(queue, value, { size: 1, policy }).dropped);
    expect(admissions).toEqual([0, 1, 1]);
    expect(queue).toHaveLength(1);
  });

  it('holds ten thousand and drops the oldest unless it is told otherwise', () => {
    expect(checkOverflow('here')).toBe(DEFAULT_OVERFLOW);
    expect(DEFAULT_OVERFLOW).toEqual({ size: 10_000, policy: 'drop-oldest' });
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
