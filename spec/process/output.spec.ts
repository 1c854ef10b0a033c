import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lines, Tail } from '../../lib/process/output.js';

function linesOf(...chunks: readonly (string | Buffer)[]): string[] {
  const seen: string[] = [];
  const lines = new Lines((line) => seen.push(line));
  for (const chunk of chunks) lines.push(Buffer.from(chunk));
  lines.end();
  return seen;
}

describe('output', () => {
  it.each<[string, string[], string[]]>([
    ['ends with a newline', ['a\nb\n'], ['a', 'b']],
    ['ends without one', ['a\nb'], ['a', 'b']],
    ['has empty lines', ['a\n\n\nb\n'], ['a', '', '', 'b']],
    ['comes from Windows', ['a\r\nb\r\n'], ['a', 'b']],
    ['comes in pieces', ['a', 'b\nc', '', 'd\n'], ['ab', 'cd']],
    ['is empty', [''], []],
  ])('is cut into lines: it %s', (_, chunks, lines) => {
    expect(linesOf(...chunks)).toEqual(lines);
  });

  it('is the same however it is cut into chunks', () => {
    const text = 'ä€😀 one\n\n\u001b[31mtwo\u001b[0m\n' + 'x'.repeat(20_000) + '\nend';
    const bytes = Buffer.from(text);
    const whole = linesOf(bytes);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end));
        expect(linesOf(...chunks)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('keeps a character whose bytes come apart, and shows one that never comes whole', () => {
    const euro = Buffer.from('€');
    expect(linesOf(euro.subarray(0, 1), euro.subarray(1))).toEqual(['€']);
    expect(linesOf('a', euro.subarray(0, 2))).toEqual(['a\ufffd']);
  });

  it('makes several lines of a long one, so that memory stays bounded', () => {
    const seen = linesOf('x'.repeat(20_000), 'y\n', 'z'.repeat(8_192), '\n');
    expect(seen.map((line) => line.length)).toEqual([8_192, 8_192, 3_617, 8_192]);
    expect(seen[2]?.at(-1)).toBe('y');

    const endless = new Lines(() => undefined);
    for (let i = 0; i < 100; i += 1) endless.push(Buffer.alloc(65_536, 'x'));
    expect((Reflect.get(endless, 'rest') as string).length).toBeLessThanOrEqual(8_192);
  });

  it.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['cursor moves', '\u001b[2J\u001b[10;5Hhere\u001b[?25l', 'here'],
    ['a title', '\u001b]0;owned\u0007text', 'text'],
    ['a link', '\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['a device string', '\u001bPq#0\u001b\\text', 'text'],
    ['an unfinished title', 'text\u001b]0;owned', 'text'],
    ['short sequences', '\u001bcreset\u001bM', 'creset'],
    ['sequences of eight bits', '\u009b31mred\u0085', 'red'],
    ['other controls', 'a\u0000b\u0008c\u007fd', 'abcd'],
  ])('loses %s', (_, text, shown) => {
    expect(linesOf(`${text}\n`)).toEqual([shown]);
  });

  it('keeps tabs and everything that can be seen', () => {
    expect(linesOf('a\tb [31m ünïcödé 😀\n')).toEqual(['a\tb [31m ünïcödé 😀']);
  });
});

describe('the last lines', () => {
  it('are fifty, the newest last', () => {
    const tail = new Tail();
    for (let i = 0; i < 120; i += 1) tail.push(`${i}`);
    expect(tail.read()).toEqual(Array.from({ length: 50 }, (_, i) => `${i + 70}`));
  });

  it('are a copy', () => {
    const tail = new Tail(2);
    tail.push('a');
    const before = tail.read();
    tail.push('b');
    expect(before).toEqual(['a']);
  });
});
