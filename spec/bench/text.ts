import type { Row, Table } from './rows.js';

/** A table for a terminal: the name of a case above its rows, figures to the right. */
export function textOf({ title, columns, rows, notes }: Table): string {
  const cells = ({ cells }: Row): string[] => columns.map(({ key }) => cells.get(key) ?? '');
  const lines: (readonly string[])[] = [[title, ...columns.map(({ label }) => label)]];
  let group = '';
  for (const row of rows) {
    if (row.group !== group) lines.push([row.group]);
    group = row.group;
    lines.push([row.group === '' ? row.name : `  ${row.name}`, ...cells(row)]);
  }
  return ['', ...aligned(lines), ...notes].join('\n');
}

function aligned(lines: readonly (readonly string[])[]): readonly string[] {
  const width = (column: number): number => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  // A skipped variant has a long name and no figures.
  const named = lines.filter((line) => line.slice(1).some((cell) => cell !== ''));
  const nameWidth = Math.max(...named.map(([name = '']) => name.length));
  return lines.map(([name = '', ...cells]) =>
    [name.padEnd(nameWidth), ...cells.map((cell, index) => cell.padStart(width(index + 1)))].join('  ').trimEnd(),
  );
}
