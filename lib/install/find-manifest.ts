import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UnknownRecord } from 'io-ts';
import { folderUnreadable, manifestMissing } from '../errors.js';

/** No manifest is larger; a plugin's data may be. */
const MAX_BYTES = 1024 * 1024;

/** What packers and file browsers leave behind. */
const NOISE = new Set(['__MACOSX', '.DS_Store', 'Thumbs.db']);

export interface FoundManifest {
  readonly dir: string;
  /** The plugin's name: the manifest is `<name>.json` in `dir`. */
  readonly name: string;
}

/** `whole` holds both telling keys; `part` only one, or is no JSON: worth an error that says so. */
type Looks = 'whole' | 'part' | 'other';

/**
 * Where the plugin in `tree` begins, and what it is called. All may be wrapped in one folder; `hint` decides between
 * several manifests.
 *
 * Rejects with `ERR_MANIFEST_MISSING`, which says what `source` holds instead, and with `ERR_INSTALL_NOT_FOUND` where it can
 * not be read.
 */
export async function findManifest(tree: string, hint: string, source: string): Promise<FoundManifest> {
  try {
    return await find(tree, hint, source);
  } catch (cause) {
    throw folderUnreadable(source, cause);
  }
}

async function find(tree: string, hint: string, source: string): Promise<FoundManifest> {
  const wrapper = await wrapperOf(tree);
  const dirs = wrapper === undefined ? [tree] : [tree, join(tree, wrapper)];
  const found = await Promise.all(dirs.map(async (dir) => ({ dir, files: await manifestsIn(dir) })));
  for (const wanted of ['whole', 'part'] as const) {
    for (const { dir, files } of found) {
      const names = files.filter(({ looks }) => looks === wanted).map(({ name }) => name);
      if (names.length > 0) return { dir, name: pick(names, [hint, wrapper], source) };
    }
  }
  throw manifestMissing(source, await whatIsThere(tree, hint));
}

/** The folder that holds all there is, if there is one. */
async function wrapperOf(tree: string): Promise<string | undefined> {
  const top = (await readdir(tree, { withFileTypes: true })).filter(({ name }) => !NOISE.has(name));
  return top.length === 1 && top[0]?.isDirectory() ? top[0].name : undefined;
}

async function manifestsIn(dir: string): Promise<readonly { name: string; looks: Looks }[]> {
  const files = (await readdir(dir)).filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  return Promise.all(
    files.map(async (file) => ({ name: basename(file, '.json'), looks: await looksOf(join(dir, file)) })),
  );
}

async function looksOf(file: string): Promise<Looks> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > MAX_BYTES) return 'other';
  try {
    const json = parseJson(await readFile(file, 'utf8'));
    if (!UnknownRecord.is(json)) return 'other';
    const keys = ['language', 'executable'].filter((key) => Object.hasOwn(json, key));
    return keys.length === 2 ? 'whole' : keys.length === 1 ? 'part' : 'other';
  } catch {
    return 'part';
  }
}

/** Editors on Windows begin a file with a byte order mark. */
export const parseJson = (text: string): unknown => JSON.parse(text.replace(/^\uFEFF/, ''));

function pick(names: readonly string[], hints: readonly (string | undefined)[], source: string): string {
  const hinted = names.find((name) => hints.includes(name));
  const [first, ...others] = names;
  if (hinted !== undefined) return hinted;
  if (first !== undefined && others.length === 0) return first;
  const files = names.map((name) => `${name}.json`).join(', ');
  throw manifestMissing(source, `${files} could all be it: keep one in the root, or name ${basename(source)} like it`);
}

/** The end of the error's text: what was expected, what is there, what to do. */
async function whatIsThere(tree: string, hint: string): Promise<string> {
  const top = await readdir(tree, { withFileTypes: true });
  const entries = top.map((item) => (item.isDirectory() ? `${item.name}/` : item.name)).sort();
  const files = await jsonFiles(tree);
  const inner = await folderOfOne(tree, files);
  const advice =
    inner === undefined
      ? "put the plugin's files in the root"
      : `take the folder ${inner} alone, or put what is in it in the root`;
  return (
    `found ${some(files) || 'no .json file'}, expected ${hint}.json in the root, with "language" and "executable" (the root ` +
    `holds ${some(entries) || 'nothing'}): ${advice}`
  );
}

/** The folder in which a whole manifest lies, where that is clear. */
async function folderOfOne(tree: string, files: readonly string[]): Promise<string | undefined> {
  const nearest = files.slice(0, 20);
  const looks = await Promise.all(nearest.map((file) => looksOf(join(tree, file))));
  const folders = new Set(nearest.filter((_, index) => looks[index] === 'whole').map(dirname));
  const [folder] = folders;
  return folders.size === 1 && folder !== '.' ? folder : undefined;
}

/** Nearest first, from at most 100 folders: `tree` may be a whole disk. */
async function jsonFiles(tree: string): Promise<readonly string[]> {
  const folders = [''];
  const files: string[] = [];
  for (let next = 0; next < Math.min(folders.length, 100); next++) {
    const folder = folders[next] ?? '';
    for (const item of await readdir(join(tree, folder), { withFileTypes: true }).catch(() => [])) {
      if (item.name === 'node_modules') continue;
      if (item.isDirectory()) folders.push(join(folder, item.name));
      else if (item.name.endsWith('.json')) files.push(join(folder, item.name));
    }
  }
  return files;
}

const some = (names: readonly string[], most = 8): string =>
  names.length > most ? `${names.slice(0, most).join(', ')} and ${names.length - most} more` : names.join(', ');
