/** What the text of a CSV file becomes. */
export type ColumnType = 'number' | 'boolean' | 'string';

/** As JSON writes numbers: what begins with a zero, such as a postcode, stays text. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The values of a record by the types of their columns; without one, by how they look. Empty is null. */
export function typed(
  record: Readonly<Record<string, string>>,
  types: Readonly<Record<string, ColumnType>>,
  place: string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([column, text]) => {
      const type = Object.hasOwn(types, column) ? types[column] : undefined;
      return [column, type === undefined ? guess(text) : convert(text, type, `${place}: ${column}`)];
    }),
  );
}

function guess(text: string): unknown {
  if (text === '') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  const number = NUMBER.test(text) ? Number(text) : NaN;
  // An integer that a double can not hold, such as a long id, stays text.
  const isExact = Number.isFinite(number) && (Number.isSafeInteger(number) || !Number.isInteger(number));
  return isExact ? number : text;
}

function convert(text: string, type: ColumnType, place: string): unknown {
  if (type === 'string') return text;
  if (text === '') return null;
  if (type === 'number' && Number.isFinite(Number(text))) return Number(text);
  if (type === 'boolean' && /^(true|false|1|0)$/i.test(text)) return /^(true|1)$/i.test(text);
  throw new Error(`replay: ${place} is ${JSON.stringify(text)}: no ${type}`);
}
