import { CsvError, parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { type ColumnType, typed } from './columns.js';
import type { Row } from './row.js';

/** A quote that is never closed would otherwise take the rest of the file into one field. */
const LONGEST_ROW = 1_000_000;

interface Options {
  readonly delimiter: string;
  readonly types: Readonly<Record<string, ColumnType>>;
}

/** The rows of a CSV file whose first line names the columns. */
export async function* csvRows(file: string, { delimiter, types }: Options): AsyncGenerator<Row, void> {
  const parser = parse({
    columns: true,
    bom: true,
    info: true,
    delimiter,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW,
  });
  // What fails ends the parser, from which the loop hears of it.
  pipeline(createReadStream(file), parser, () => undefined);
  try {
    for await (const parsed of parser) {
      const { info, record } = parsed as { info: { lines: number }; record: Record<string, string> };
      const place = `${file} line ${info.lines}`;
      yield { value: typed(record, types, place), place };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line: unknown = error.lines;
    throw new Error(`replay: ${file} line ${String(line)}: ${error.message}`, { cause: error });
  }
}
