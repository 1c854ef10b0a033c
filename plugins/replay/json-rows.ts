import { readFile } from 'node:fs/promises';
import { withoutMark } from './byte-order-mark.js';
import { fieldOf } from './event-time.js';
import { type Row, rowOf } from './row.js';

/** The objects of the list in a JSON file, which is read as a whole. */
export async function* jsonRows(file: string, list: string | undefined): AsyncGenerator<Row, void> {
  const content = parse(withoutMark(await readFile(file, 'utf8')), file);
  const found = list === undefined ? content : fieldOf(content, list);
  if (!Array.isArray(found)) {
    const where = list === undefined ? 'its top level; name the property that is one, as {"list":"features"}' : list;
    throw new Error(`replay: ${file} has no list at ${where}`);
  }
  for (const [index, value] of found.entries()) yield rowOf(value, `${file} record ${index + 1}`);
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    const line = text.slice(0, position === undefined ? undefined : Number(position)).split('\n').length;
    throw new Error(`replay: ${file} line ${line}: ${message}`, { cause });
  }
}
