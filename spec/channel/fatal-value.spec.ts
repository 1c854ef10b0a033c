import { describe, expect, it } from '@jest/globals';
import { FatalValue } from '../../lib/channel/fatal-value.js';

describe('a value with which its sink has ended', () => {
  it.each([
    ['is given up the third time in a row', 'aaa', [false, false, true]],
    ['counts anew after another one', 'aabaa', [false, false, false, false, false]],
    ['is not blamed for the one before it', 'aaabbb', [false, false, true, false, false, true]],
    ['counts anew when it has been given up', 'aaaa', [false, false, true, false]],
  ])('%s', (_, values, expected) => {
    const fatal = new FatalValue<string>();
    expect([...values].map((value) => fatal.endedWith(value))).toEqual(expected);
  });
});
