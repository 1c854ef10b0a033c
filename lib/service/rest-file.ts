/** `run/rest.json` of a data folder: where its service is reached, for the command line. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as t from 'io-ts';

const RestFile = t.intersection([
  t.type({ url: t.string, pid: t.number }),
  // Of other servers of the same service, the oldest first.
  t.partial({ others: t.array(t.string) }),
]);

const pathIn = (dir: string): string => join(dir, 'run', 'rest.json');

/** Says where the service is reached; a server that listens already is named again when this one has closed. */
export const writeRestFile = (dir: string, url: string): void =>
  write(dir, [...urlsIn(dir).filter((one) => one !== url), url]);

export const removeRestFile = (dir: string, url: string): void =>
  write(
    dir,
    urlsIn(dir).filter((one) => one !== url),
  );

/** At the start of a service: what one that was killed has left may bear the id of this process. */
export const clearRestFile = (dir: string): void => rmSync(pathIn(dir), { force: true });

/** Of this process, the newest last. */
function urlsIn(dir: string): readonly string[] {
  try {
    const found: unknown = JSON.parse(readFileSync(pathIn(dir), 'utf8'));
    return RestFile.is(found) && found.pid === process.pid ? [...(found.others ?? []), found.url] : [];
  } catch {
    return [];
  }
}

/** In one go, as another server may do the same; for readers whole or not at all. */
function write(dir: string, urls: readonly string[]): void {
  const path = pathIn(dir);
  const url = urls.at(-1);
  if (url === undefined) return rmSync(path, { force: true });
  const others = urls.slice(0, -1);
  mkdirSync(join(dir, 'run'), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, JSON.stringify({ url, pid: process.pid, ...(others.length > 0 && { others }) }), {
    mode: 0o600,
  });
  renameSync(draft, path);
}
