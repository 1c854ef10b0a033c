import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Column, pairs, printable, table } from '../../lib/cli/table.js';
import { PlainTerminal } from '../helpers/plain-terminal.js';

interface Row {
  readonly name: string;
  readonly count: number;
  readonly text?: string;
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'COUNT', cell: ({ count }) => count, align: 'right' },
  { title: 'TEXT', cell: ({ text }) => text, long: true },
];

const drawn = (rows: readonly Row[], width?: number): readonly string[] =>
  table(columns, rows, new PlainTerminal(width));

describe('a table', () => {
  it('aligns its columns, numbers at the right, and leaves no space at the end', () => {
    expect(
      drawn([
        { name: 'thermo', count: 5 },
        { name: 'a', count: 12_345, text: 'x' },
      ]),
    ).toEqual(['NAME    COUNT  TEXT', 'thermo      5', 'a       12345  x']);
  });

  it('has its titles when there are no rows', () => {
    expect(drawn([])).toEqual(['NAME  COUNT  TEXT']);
  });

  it('cuts the long column when the terminal is narrow', () => {
    expect(drawn([{ name: 'thermometer', count: 1, text: 'a long way to say it' }], 32)).toEqual([
      'NAME         COUNT  TEXT',
      'thermometer      1  a long way …',
    ]);
  });

  it('cuts the others when that is not enough', () => {
    expect(drawn([{ name: 'thermometer', count: 1, text: 'a long way' }], 22)).toEqual([
      'NAME     COUNT  TEXT',
      'thermo…      1  a lon…',
    ]);
  });

  it('cuts nothing where nobody looks', () => {
    const text = 'x'.repeat(500);
    expect(drawn([{ name: 'a', count: 1, text }])[1]).toContain(text);
  });

  it('counts characters, not UTF-16 units', () => {
    expect(
      drawn([
        { name: '🌡🌡', count: 1 },
        { name: 'abcd', count: 2 },
      ]),
    ).toEqual(['NAME  COUNT  TEXT', '🌡🌡        1', 'abcd      2']);
  });

  it('fits every terminal of a usable width', () => {
    const rows = fc.array(fc.record({ name: fc.string(), count: fc.nat(), text: fc.string() }));
    fc.assert(
      fc.property(rows, fc.integer({ min: 24, max: 120 }), (some, width) => {
        for (const line of drawn(some, width)) expect([...line].length).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('what is printed of data', () => {
  it.each([
    ['a colour', 'a\x1b[31mred\x1b[0m', 'ared'],
    ['the title of the window', '\x1b]0;mine\x07x', 'x'],
    ['a bell and a backspace', 'a\x07\x08b', 'ab'],
    ['lines', 'one\n  two\r\nthree', 'one two three'],
    ['a tab', 'a\tb', 'a b'],
  ])('has no %s', (_, text, plain) => {
    expect(printable(text)).toBe(plain);
    expect(drawn([{ name: text, count: 1 }])[1]).toBe(`${plain.padEnd(Math.max(4, plain.length))}      1`);
  });
});

describe('pairs', () => {
  it('align, and leave out what has no value', () => {
    expect(pairs({ name: 'thermo', pid: 7, error: '', restarts: undefined }, new PlainTerminal())).toEqual([
      'name  thermo',
      'pid   7',
    ]);
  });

  it('go on below where the terminal ends, between words where there are any', () => {
    const text = 'plugin mirror has gone away';
    expect(pairs({ error: text, name: 'thermometer' }, new PlainTerminal(20))).toEqual([
      'error  plugin mirror',
      '       has gone away',
      'name   thermometer',
    ]);
    expect(pairs({ name: 'thermometer', pid: 7 }, new PlainTerminal(14))).toEqual([
      'name  thermome',
      '      ter',
      'pid   7',
    ]);
    expect(pairs({ error: text }, new PlainTerminal())).toEqual([`error  ${text}`]);
  });

  it('fit every terminal of a usable width, and lose nothing but spaces', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 24, max: 120 }), (text, width) => {
        const lines = pairs({ name: text }, new PlainTerminal(width));
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
        const told = lines.map((line) => line.slice(6)).join('');
        expect(told.replace(/ /g, '')).toBe(printable(text).replace(/ /g, ''));
      }),
    );
  });
});
