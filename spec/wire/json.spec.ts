import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../lib/wire/json.js';

/** As Python's `json.dumps` writes it: the three words, and blanks behind `,` and `:`. */
function dumps(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? `${value}` : word(value);
  if (Array.isArray(value)) return `[${value.map(dumps).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, one]) => `${JSON.stringify(key)}: ${dumps(one)}`)
    .join(', ')}}`;
}

const word = (value: number): string => (Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity');

/** Strings in which the words, quotes and backslashes are likely. */
const tricky = fc
  .array(fc.oneof(fc.constantFrom('NaN', 'Infinity', '-Infinity', '"', '\\', ':', ',', ' ', '{', '}'), fc.string()))
  .map((parts) => parts.join(''));
const safeKey = tricky.filter((key) => key !== '__proto__');

const { value: pythonValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(NaN, Infinity, -Infinity, null, true, false),
    fc.double({ noDefaultInfinity: false, noNaN: false }),
    fc.integer(),
    tricky,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(safeKey, tie('value'), { maxKeys: 5 }),
  ),
}));

describe('parseJson', () => {
  it('is JSON.parse on JSON', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses what JSON.parse refuses, where the words are not in it', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(!/NaN|Infinity/.test(text));
        let error: unknown;
        try {
          JSON.parse(text);
        } catch (thrown) {
          error = thrown;
        }
        fc.pre(error !== undefined);
        expect(() => parseJson(text)).toThrow((error as Error).message);
      }),
    );
  });

  it('reads all that Python writes', () => {
    fc.assert(
      fc.property(pythonValue, (value) => {
        expect(parseJson(dumps(value))).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['NaN', NaN],
    [' NaN\n', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['[NaN,NaN, -Infinity,Infinity]', [NaN, NaN, -Infinity, Infinity]],
    ['{"NaN": NaN, "Infinity": "NaN"}', { NaN: NaN, Infinity: 'NaN' }],
    [String.raw`{"a": "\"NaN\"", "b": NaN}`, { a: '"NaN"', b: NaN }],
    [String.raw`["\u004eaN", "ends in \\", NaN]`, ['NaN', 'ends in \\', NaN]],
    ['{"a":{"b":[1e308,NaN]},"c":null}', { a: { b: [1e308, NaN] }, c: null }],
  ])('reads %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each([
    '[1NaN]',
    '[1Infinity]',
    '[0.Infinity]',
    '[-NaN]',
    '[+Infinity]',
    '[--Infinity]',
    '[NaN.5]',
    '[Infinity5]',
    '[nan]',
    '{NaN: 1}',
    '{Infinity : 1}',
    'NaN NaN',
    '[NaN',
    '"NaN',
    'NaNa',
  ])('refuses %s', (text) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
  });

  it('keeps a key called __proto__ to itself', () => {
    for (const text of ['{"__proto__":{"error":"x"}}', '{"__proto__":{"error":"x"},"n":NaN}']) {
      const value = parseJson(text) as object;
      expect(Object.keys(value)[0]).toBe('__proto__');
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect('error' in value).toBe(false);
    }
    expect(({} as Record<string, unknown>)['error']).toBeUndefined();
  });

  it('reads a lone surrogate from its escape', () => {
    expect(parseJson('"\\ud800"')).toBe('\ud800');
    expect(parseJson('["\\ud800",NaN]')).toEqual(['\ud800', NaN]);
  });

  it('is not slowed down by long texts', () => {
    const quotes = '"'.repeat(100_001);
    const escapes = '"\\'.repeat(100_000);
    for (const text of [`[${quotes}NaN]`, `[${escapes}NaN]`, `${'NaN'.repeat(100_000)}`]) {
      expect(() => parseJson(text)).toThrow(expect.objectContaining({ name: 'SyntaxError' }));
    }
    const long = 'x'.repeat(5_000_000);
    expect(parseJson(`["${long}",NaN]`)).toEqual([long, NaN]);
  });
});
