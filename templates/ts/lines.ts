import { appendFileSync, closeSync, openSync } from 'node:fs';
import type { SinkContext } from 'rxport/sdk';

/** Appends each value to the file `path`, as a line of JSON. */
export function lines({ config: { path } }: SinkContext) {
  if (typeof path !== 'string' || path === '') throw new Error('lines: path is missing: name the file to write');
  const file = openSync(path, 'a');
  return {
    next(value: unknown): void {
      // eKuiper sends arrays unless a rule says sendSingle.
      const values: unknown[] = Array.isArray(value) ? value : [value];
      appendFileSync(file, values.map((one) => `${JSON.stringify(one)}\n`).join(''));
    },
    complete: () => closeSync(file),
  };
}
