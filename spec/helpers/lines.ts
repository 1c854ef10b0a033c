/** The values that a file sink has written: one JSON value a line. */
import { existsSync, readFileSync } from 'node:fs';

export function linesOf(path: string): unknown[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
