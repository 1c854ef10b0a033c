import type { Table } from './rows.js';

/** A table for a document: the name of a case in front of its first row. */
export function markdownOf({ title, columns, rows, notes }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const grouped = rows.some(({ group }) => group !== '');
  let group = '';
  const body = rows.map((row) => {
    const first = row.group === group ? '' : row.group;
    group = row.group;
    return line([...(grouped ? [first] : []), row.name, ...columns.map(({ key }) => row.cells.get(key) ?? '')]);
  });
  return [
    `### ${title}`,
    '',
    line([...(grouped ? ['case'] : []), 'variant', ...columns.map(({ label }) => label)]),
    line([...(grouped ? ['---'] : []), '---', ...columns.map(() => '---:')]),
    ...body,
    '',
    ...notes.flatMap((note) => [`${note}.`, '']),
  ].join('\n');
}
