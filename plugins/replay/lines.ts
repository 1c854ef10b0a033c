import { createReadStream } from 'node:fs';
import { withoutMark } from './byte-order-mark.js';

const LONGEST_LINE = 16 * 1_024 * 1_024;

/** The lines of a file, read as they are asked for: node:readline reads ahead, and keeps the errors of the file to itself. */
export async function* linesOf(file: string): AsyncGenerator<string, void> {
  let [rest, isFirst] = ['', true];
  for await (const chunk of createReadStream(file, 'utf8')) {
    const text = isFirst ? withoutMark(chunk as string) : (chunk as string);
    isFirst = false;
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > LONGEST_LINE) throw new Error(`replay: ${file} has a line of over ${LONGEST_LINE} characters`);
  }
  if (rest !== '') yield rest;
}
