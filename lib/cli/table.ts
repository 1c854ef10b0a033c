/** Tables for people: columns aligned, as wide as the terminal at most, without what a terminal would act on. */
import { plainText } from '../process/output.js';
import type { Terminal } from './terminal.js';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number | undefined;
  /** Numbers stand at the right. */
  readonly align?: 'left' | 'right';
  /** Cut first when the terminal is too narrow. */
  readonly long?: boolean;
}

/** No column is cut below this. */
const NARROWEST = 6;
const GAP = '  ';

/** The lines of a table, the titles first. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { columns: width, paint }: Pick<Terminal, 'columns' | 'paint'>,
): readonly string[] {
  const cells = rows.map((row) => columns.map(({ cell }) => printable(String(cell(row) ?? ''))));
  const titles = columns.map(({ title }) => title);
  const natural = columns.map((_, index) => Math.max(...[titles, ...cells].map((row) => length(row[index] ?? ''))));
  const widths = fit(natural, columns, width);
  const line = (row: readonly string[]): string =>
    row
      .map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.align))
      .join(GAP)
      .trimEnd();
  return [paint('bold', line(titles)), ...cells.map(line)];
}

/** `name   thermo`, one pair a line, or several where the terminal is too narrow; what has no value is left out. */
export function pairs(
  values: Readonly<Record<string, string | number | undefined>>,
  { columns, paint }: Pick<Terminal, 'columns' | 'paint'>,
): readonly string[] {
  const present = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  const widest = Math.max(0, ...present.map(([key]) => length(key)));
  const room = Math.max(NARROWEST, columns - widest - GAP.length);
  const indent = ' '.repeat(widest + GAP.length);
  return present.flatMap(([key, value]) => {
    const [first = '', ...more] = wrapped(printable(String(value)), room);
    return [`${paint('dim', key.padEnd(widest))}${GAP}${first}`, ...more.map((line) => indent + line)];
  });
}

/** Lines of `width` characters at most, broken between words where there are any. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = [...text];
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end).join(''));
    rest = rest.slice(space > 0 ? end + 1 : end);
  }
  return [...lines, rest.join('')];
}

/** On one line, and nothing in it that a terminal would act on. */
export const printable = (text: string): string => plainText(text.replace(/\s*\n\s*/g, ' ').replace(/\t/g, ' '));

/** Takes what is too much from the long columns, the widest first, then from the others. */
function fit(
  natural: readonly number[],
  columns: readonly { readonly long?: boolean }[],
  width: number,
): readonly number[] {
  const widths = [...natural];
  const total = (): number => widths.reduce((sum, one) => sum + one, 0) + GAP.length * (widths.length - 1);
  for (const longOnly of [true, false]) {
    while (total() > width) {
      const widest = Math.max(
        ...widths.filter((one, index) => one > NARROWEST && (!longOnly || columns[index]?.long === true)),
      );
      if (widest === -Infinity) break;
      const index = widths.findIndex(
        (one, position) => one === widest && (!longOnly || columns[position]?.long === true),
      );
      widths[index] = widest - 1;
    }
  }
  return widths;
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const shown = cut(text, width);
  const space = ' '.repeat(width - length(shown));
  return align === 'right' ? space + shown : shown + space;
}

const cut = (text: string, width: number): string =>
  length(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;

/** In characters, not in UTF-16 units. */
const length = (text: string): number => [...text].length;
