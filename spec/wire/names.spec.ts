import { describe, expect, it } from '@jest/globals';
import { isRight } from 'fp-ts/lib/Either.js';
import { checkName, isName, Name } from '../../lib/wire/names.js';

const good = ['thermo', 'a', '7', 'my-plugin_2.1', 'A'.repeat(64), '-', '_x'];
const bad = ['', '.', '..', '.hidden', 'a/b', 'a\\b', 'a b', 'ä', 'a\n', 'a\0', 'A'.repeat(65), '../../etc/passwd'];

describe('names', () => {
  it.each(good)('takes %j', (name) => {
    expect(isName(name)).toBe(true);
    expect(checkName('plugin', name)).toBe(name);
    expect(isRight(Name.decode(name))).toBe(true);
  });

  it.each(bad)('refuses %j', (name) => {
    expect(isName(name)).toBe(false);
    expect(Name.is(name)).toBe(false);
    expect(isRight(Name.decode(name))).toBe(false);
  });

  it('says what the name was for and what is allowed', () => {
    expect(() => checkName('rule', 'a/b')).toThrow(
      expect.objectContaining({
        code: 'ERR_NAME_INVALID',
        message: expect.stringMatching(/^rule name "a\/b" is not allowed: use 1 to 64 letters/),
      }),
    );
  });
});
