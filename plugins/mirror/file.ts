import { appendFileSync, closeSync, fstatSync, fsyncSync, openSync } from 'node:fs';
import type { SinkContext } from 'rxport/sdk';

/** Appends each value to `path` as a line of JSON, an array as one line for each of its elements. */
export function file({ config }: SinkContext) {
  const { path } = config;
  if (typeof path !== 'string' || path === '') throw new Error('file: config.path is missing: name the file to write');
  const descriptor = openSync(path, 'a');
  return {
    // eKuiper sends arrays unless a rule says sendSingle.
    next(value: unknown): void {
      const lines = Array.isArray(value) ? value.map(line) : [line(value)];
      appendFileSync(descriptor, lines.join(''));
    },
    complete(): void {
      try {
        // A pipe and /dev/null have no disk.
        if (fstatSync(descriptor).isFile()) fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    },
  };
}

/** Bytes that are no JSON become text. */
const line = (value: unknown): string =>
  `${JSON.stringify(value instanceof Uint8Array ? Buffer.from(value).toString() : value)}\n`;
