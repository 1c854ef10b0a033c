import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { pluginExists, type RxportError } from '../errors.js';
import { type InstalledPlugin, load } from './installed-plugin.js';
import { listFolder } from './list-folder.js';

export type Loaded =
  { readonly dir: string; readonly plugin: InstalledPlugin } | { readonly dir: string; readonly error: RxportError };

/**
 * Every plugin in `folders`, each a folder of plugins that need not exist, in order; a broken plugin comes as its error
 * and stops nobody. Of two with one name the first is taken. Rejects with `ERR_DATA_FOLDER`.
 */
export async function loadAll(folders: readonly string[]): Promise<readonly Loaded[]> {
  const dirs = (await Promise.all(folders.map(pluginDirs))).flat();
  const taken = new Map<string, string>();
  for (const dir of dirs) if (!taken.has(basename(dir))) taken.set(basename(dir), dir);
  return Promise.all(
    dirs.map((dir): Promise<Loaded> => {
      const owner = taken.get(basename(dir)) ?? dir;
      if (owner !== dir) return Promise.resolve({ dir, error: pluginExists(basename(dir), owner) });
      return load(dir).then(
        (plugin) => ({ dir, plugin }),
        (error: RxportError) => ({ dir, error }),
      );
    }),
  );
}

async function pluginDirs(folder: string): Promise<readonly string[]> {
  const names = (await listFolder(folder)).map(({ name }) => name);
  const dirs = names.filter((name) => !name.startsWith('.')).map((name) => resolve(folder, name));
  const isFolder = await Promise.all(dirs.map(isDirectory));
  return dirs.filter((_, index) => isFolder[index]).sort();
}

/** Through links: a developer may link a plugin in work. */
const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
