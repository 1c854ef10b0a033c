import { linesOf } from './lines.js';
import { type Row, rowOf } from './row.js';

/** The rows of a file with one JSON object a line. */
export async function* ndjsonRows(file: string): AsyncGenerator<Row, void> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number += 1;
    if (line.trim() === '') continue;
    const place = `${file} line ${number}`;
    yield rowOf(parse(line, place), place);
  }
}

function parse(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error(`replay: ${place}: ${(cause as Error).message}`, { cause });
  }
}
