import type { Dirent } from 'node:fs';
import { readlink, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { manifestMissing, pluginExists, reasonOf, type RxportError } from '../errors.js';
import { type InstalledPlugin, load } from './installed-plugin.js';
import { listFolder } from './list-folder.js';

export type Loaded =
  { readonly dir: string; readonly plugin: InstalledPlugin } | { readonly dir: string; readonly error: RxportError };

/** What has the place of a plugin; `problem` where that is no folder. */
interface Place {
  readonly dir: string;
  readonly problem?: string;
}

/**
 * Every plugin in `folders`, each a folder of plugins that need not exist, in order; a broken plugin comes as its error
 * and stops nobody. Of two with one name the first is taken. Rejects with `ERR_DATA_FOLDER`.
 */
export async function loadAll(folders: readonly string[]): Promise<readonly Loaded[]> {
  const places = (await Promise.all(folders.map(placesIn))).flat();
  const taken = new Map<string, string>();
  for (const { dir, problem } of places)
    if (problem === undefined && !taken.has(basename(dir))) taken.set(basename(dir), dir);
  return Promise.all(
    places.map(({ dir, problem }): Promise<Loaded> => {
      if (problem !== undefined) return Promise.resolve({ dir, error: manifestMissing(dir, problem) });
      const owner = taken.get(basename(dir)) ?? dir;
      if (owner !== dir) return Promise.resolve({ dir, error: pluginExists(basename(dir), owner) });
      return load(dir).then(
        (plugin) => ({ dir, plugin }),
        (error: RxportError) => ({ dir, error }),
      );
    }),
  );
}

async function placesIn(folder: string): Promise<readonly Place[]> {
  const entries = (await listFolder(folder)).filter(({ name }) => !name.startsWith('.'));
  const places = await Promise.all(entries.map((entry) => placeOf(resolve(folder, entry.name), entry)));
  return places.flat().sort((a, b) => (a.dir < b.dir ? -1 : 1));
}

/** Through links: a developer may link a plugin in work. Nothing for a file beside the plugins, such as a README.md. */
async function placeOf(dir: string, entry: Dirent): Promise<readonly Place[]> {
  if (entry.isDirectory()) return [{ dir }];
  try {
    if ((await stat(dir)).isDirectory()) return [{ dir }];
    return extname(dir) === '' ? [{ dir, problem: 'it is no folder: remove it, or update it' }] : [];
  } catch (cause) {
    const target = await readlink(dir).catch(() => undefined);
    return target === undefined ? [] : [{ dir, problem: linkProblem(target, cause) }];
  }
}

const linkProblem = (target: string, cause: unknown): string =>
  `it is a link to ${target}, ${isAbsence(cause) ? 'which is not there' : `which can not be followed (${reasonOf(cause)})`}`;

const isAbsence = (cause: unknown): boolean => (cause as NodeJS.ErrnoException).code === 'ENOENT';
