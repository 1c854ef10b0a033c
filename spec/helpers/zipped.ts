/** The zip of a plugin's folder, as a file. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tempFolder } from './unique.js';
import { EXECUTABLE, FILE, makeZip } from './zip.js';

export interface Zipped {
  readonly path: string;
  /** `file:///…` */
  readonly url: string;
  readonly bytes: Buffer;
  readonly entries: number;
}

export function zipped(dir: string, name: string): Zipped {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(join(dir, file)).isFile(),
  );
  const entries = files.map((file) => {
    const path = join(dir, file);
    return { name: file, data: readFileSync(path), mode: statSync(path).mode & 0o100 ? EXECUTABLE : FILE };
  });
  const path = join(tempFolder(), `${name}.zip`);
  const bytes = makeZip(entries);
  writeFileSync(path, bytes);
  return { path, url: pathToFileURL(path).href, bytes, entries: entries.length };
}
