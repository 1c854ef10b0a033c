import { readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';

/** `.d.ts` and specs lie beside rules, and files that begin with `_` are what rules share. */
export const isRuleFile = (name: string): boolean =>
  /\.(ts|mts|js|mjs)$/.test(name) && !/\.(d|spec|test)\.[mc]?[jt]s$/.test(name) && !/^[._]/.test(name);

/** What an import may name: code, JSON, or a file or folder without an ending. */
export const isImportable = (path: string): boolean => extname(path) === '' || /\.([cm]?[jt]sx?|json|node)$/.test(path);

export interface FoundFiles {
  /** Absolute, in the order of `places`, those of a folder by name; a file that was named need not exist. */
  readonly files: readonly string[];
  /** The folders among `places`, which need not exist. */
  readonly folders: readonly string[];
  /** Those of them that are there and can not be listed, and why. */
  readonly unlisted: ReadonlyMap<string, unknown>;
}

/** The rule files that `places` name: a file itself, of a folder those directly in it. */
export async function findRuleFiles(places: readonly string[]): Promise<FoundFiles> {
  const files = new Set<string>();
  const folders: string[] = [];
  const unlisted = new Map<string, unknown>();
  for (const place of places.map((one) => resolve(one))) {
    if (await isFile(place)) {
      files.add(place);
      continue;
    }
    folders.push(place);
    const names = await readdir(place).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') unlisted.set(place, cause);
      return [];
    });
    for (const name of names.filter(isRuleFile).sort())
      if (await isFile(join(place, name))) files.add(join(place, name));
  }
  return { files: [...files], folders, unlisted };
}

/** A name with the ending of a rule file that is not there is a file that is missing, not a folder. */
const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => isRuleFile(path),
  );
