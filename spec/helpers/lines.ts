/** The values that a file sink has written: one JSON value a line, without the one that is being written. */
import { existsSync, readFileSync } from 'node:fs';

export function linesOf(path: string): unknown[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}
