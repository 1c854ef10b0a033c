import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OutputReader } from '../../lib/process/output-reader.js';
import { HandClock } from '../helpers/hand-clock.js';

/** A reader whose process prints what the spec says. */
function reading() {
  const clock = new HandClock();
  /** Lines, and numbers of bytes in their place. */
  const seen: (string | number)[] = [];
  let print: (chunk: Buffer) => void = () => undefined;
  let paused = false;
  const stream = {
    on: (_: 'data', listener: typeof print) => void (print = listener),
    pause: () => void (paused = true),
    resume: () => void (paused = false),
  };
  const push = (one: string | number): void => void seen.push(one);
  const reader = new OutputReader(stream, { clock, line: push, leftOut: push });
  return {
    clock,
    seen,
    reader,
    print: (text: string | Buffer) => print(Buffer.from(text)),
    isPaused: () => paused,
    taken: () => seen.splice(0),
  };
}

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => `${from + i}`);
const printed = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const split = (seen: readonly (string | number)[]) =>
  [seen.filter((one) => typeof one === 'string'), seen.filter((one) => typeof one === 'number')] as const;
/** More than a slice, so that the allowance is looked at again. */
const much = numbers(0, 20_000);

describe('what a process prints', () => {
  it('is taken as it comes', () => {
    const { print, taken, isPaused } = reading();
    for (const line of numbers(0, 9_000)) print(`${line}\n`);
    expect(taken()).toEqual(numbers(0, 9_000));
    expect(isPaused()).toBe(false);
  });

  it('is left out for a second once it is too much, but for the last lines of that', () => {
    const { clock, print, taken } = reading();
    print(printed(much));
    const first = taken();
    // To the end of the slice in which it became too much.
    expect(first.length).toBeGreaterThanOrEqual(10_000);
    expect(first.length).toBeLessThan(12_000);
    expect(first).toEqual(much.slice(0, first.length));
    print(printed(['not', 'now']));
    clock.advance(999);
    expect(taken()).toEqual([]);
    clock.advance(1);
    const [cut, bytes, ...last] = taken();
    expect(last).toEqual([...much.slice(-48), 'not', 'now']);
    expect(much[first.length]?.startsWith(cut as string)).toBe(true);
    expect(bytes).toBe(printed(much.slice(first.length, -48)).length - String(cut).length);
  });

  it('is taken at a thousand lines a second, and for a short while more, while it is twice that', () => {
    const { clock, print, taken } = reading();
    for (let time = 0; time < 1_200; time += 1) {
      print(printed(numbers(0, 200)));
      clock.advance(100);
    }
    const [lines, gaps] = split(taken());
    expect(lines.length).toBeGreaterThan(110_000);
    expect(lines.length).toBeLessThan(135_000);
    expect(gaps.length).toBeGreaterThan(3);
  });

  it('is left out for longer each time it goes on: who reads of it is told of that twice a minute', () => {
    const { clock, print, taken } = reading();
    const minute = () => {
      for (let time = 0; time < 600; time += 1) {
        print(printed(numbers(0, 3_000)));
        clock.advance(100);
      }
      return split(taken());
    };
    expect(minute()[1].length).toBe(5);
    const [lines, gaps] = minute();
    expect(gaps.length).toBe(2);
    expect(lines.length).toBeLessThan(25_000);
    clock.advance(60_000);
    taken();
    // A first one again.
    print(printed(much));
    taken();
    clock.advance(1_000);
    expect(taken().length).toBe(52);
  });

  it('counts for more where its lines are long', () => {
    const { print, taken } = reading();
    for (let line = 0; line < 10_000; line += 1) print(`${'x'.repeat(2_560)}\n`);
    expect(taken().length).toBe(Math.ceil(10_000 / 11));
  });

  it('is read a little each time while it is left out', () => {
    const { clock, print, isPaused } = reading();
    print(printed(much));
    expect(isPaused()).toBe(true);
    clock.advance(5);
    expect(isPaused()).toBe(false);
    print('more\n');
    expect(isPaused()).toBe(true);
  });

  it('goes on when it ends meanwhile: what was printed last is why', () => {
    const { reader, print, taken, isPaused, clock } = reading();
    print(printed(much));
    taken();
    print('panic: it');
    print(' broke');
    reader.end();
    expect(taken().slice(-2)).toEqual(['19999', 'panic: it broke']);
    // Who is left of its group may print on, and nobody hears of it.
    expect(isPaused()).toBe(false);
    print(printed(much));
    clock.advance(10_000);
    expect(taken()).toEqual([]);
    reader.end();
    expect(taken()).toEqual([]);
  });

  it('that has no end of a line is left out but for a few characters', () => {
    const { reader, print, taken } = reading();
    for (let chunk = 0; chunk < 100; chunk += 1) print('x'.repeat(65_536));
    reader.end();
    const [bytes, last] = taken().slice(-2) as [number, string];
    expect(last).toBe('x'.repeat(256));
    expect(bytes).toBeGreaterThan(3_000_000);
  });

  it('is all there where the flood is over at once', () => {
    const { clock, print, taken } = reading();
    for (let line = 0; line < 10_000; line += 1) print('\n');
    print('half');
    print(' a line\nand\nmore');
    expect(taken().length).toBe(10_000);
    clock.advance(1_000);
    expect(taken()).toEqual(['half a line', 'and']);
    print('\n');
    expect(taken()).toEqual(['more']);
  });

  it('is taken or counted, each byte of it', () => {
    const step = fc.oneof(fc.record({ lines: fc.nat(9_000), length: fc.nat(40) }), fc.record({ wait: fc.nat(1_500) }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const { clock, reader, seen, print } = reading();
        let bytes = 0;
        for (const one of steps) {
          if ('wait' in one) clock.advance(one.wait);
          else {
            const text = `${'y'.repeat(one.length)}\n`.repeat(one.lines);
            bytes += text.length;
            for (let at = 0; at < text.length; at += 65_536) print(text.slice(at, at + 65_536));
          }
        }
        reader.end();
        const [lines, gaps] = split(seen);
        const taken = lines.reduce((sum, line) => sum + line.length + 1, 0);
        const sum = gaps.reduce((sum, gap) => sum + gap, taken);
        // A line whose end is left out has none.
        expect(sum - bytes).toBeLessThanOrEqual(gaps.length);
        expect(sum).toBeGreaterThanOrEqual(bytes);
      }),
      { numRuns: 100 },
    );
  });
});
