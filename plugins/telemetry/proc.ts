import { readFile } from 'node:fs/promises';

/** The text of a file below `/proc`; undefined on a system without it. */
export const readProc = (name: string): Promise<string | undefined> =>
  readFile(`/proc/${name}`, 'utf8').catch(() => undefined);
