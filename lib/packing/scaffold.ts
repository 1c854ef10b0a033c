/** A plugin that runs, made from a template: `templates/<lang>/` of this package. */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { configInvalid, scaffoldExists, scaffoldFailed, scaffoldName } from '../errors.js';
import { checkName } from '../wire/names.js';
import { ownDependency } from './own-dependency.js';
import { ownVersion, packageRoot } from './package-root.js';

export const SCAFFOLD_LANGUAGES = ['ts', 'python', 'go'] as const;
export type ScaffoldLanguage = (typeof SCAFFOLD_LANGUAGES)[number];

export interface ScaffoldOptions {
  /** The plugin's name, and its folder's. */
  readonly name: string;
  readonly lang: ScaffoldLanguage;
  /** The folder that gets it; made when it is missing. */
  readonly into: string;
}

export interface Scaffolded {
  /** Absolute. */
  readonly dir: string;
  /** Relative to `dir`, with "/", sorted. */
  readonly files: readonly string[];
}

/**
 * Makes the folder `<into>/<name>` with a plugin of one source, one function and one sink, named after the plugin. It
 * appears whole or not at all.
 *
 * Rejects with `ERR_NAME_INVALID`, also for a name that clashes with the template, with `ERR_CONFIG_INVALID` for an unknown
 * language, with `ERR_SCAFFOLD_EXISTS` when the folder holds something, and with `ERR_SCAFFOLD_OUT` for what the file system
 * says. `templates` is for specs.
 */
export async function scaffold(
  { name, lang, into }: ScaffoldOptions,
  templates = join(packageRoot(), 'templates'),
): Promise<Scaffolded> {
  checkName('plugin', name);
  if (!SCAFFOLD_LANGUAGES.includes(lang)) {
    throw configInvalid('lang', [`is ${JSON.stringify(lang)}: use ${SCAFFOLD_LANGUAGES.join(', ')}`]);
  }
  await checkClash(name, lang, join(templates, lang));
  const dir = resolve(into, name);
  try {
    return { dir, files: await make(name, dir, join(templates, lang)) };
  } catch (thrown) {
    throw scaffoldFailed(dir, thrown);
  }
}

/** What is named after the plugin must not be something else as well. */
async function checkClash(name: string, lang: ScaffoldLanguage, template: string): Promise<void> {
  const manifest = `${name}.json`;
  if ((await readdir(template)).includes(manifest)) throw scaffoldName(name, `${manifest} is another file of it`);
  if (lang === 'go' && name === 'vendor') throw scaffoldName(name, 'Go builds no module of that name');
}

async function make(name: string, dir: string, template: string): Promise<readonly string[]> {
  await checkFree(dir);
  const made = await mkdir(dirname(dir), { recursive: true });
  const draft = await mkdtemp(join(dirname(dir), '.new-'));
  try {
    // Not the draft itself: mkdtemp makes it private.
    const tree = join(draft, 'files');
    const files = await fill(template, tree, await placeholders(name));
    await rename(tree, dir).catch(async (cause: unknown) => {
      // Somebody was faster.
      await checkFree(dir);
      throw cause;
    });
    await rm(draft, { recursive: true, force: true });
    return files;
  } catch (thrown) {
    await rm(draft, { recursive: true, force: true });
    if (made !== undefined) await removeEmpty(dirname(dir), made);
    throw thrown;
  }
}

async function checkFree(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isDirectory()) throw scaffoldExists(dir, 'is a file');
  const [first] = await readdir(dir);
  if (first !== undefined) throw scaffoldExists(dir, `is there and holds ${first}`);
}

/** From `folder` up to `last`, which was made for this: what somebody else has put something into stays. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  try {
    for (let next = folder; next.startsWith(last); next = dirname(next)) await rmdir(next);
  } catch {
    // Not empty.
  }
}

async function fill(template: string, tree: string, put: (text: string) => string): Promise<readonly string[]> {
  const items = await readdir(template, { recursive: true, withFileTypes: true });
  const files: string[] = [];
  for (const item of items) {
    if (item.isDirectory()) continue;
    const from = join(item.parentPath, item.name);
    // npm packs no .gitignore.
    const way = put(from.slice(template.length + 1)).replace(/(^|[\\/])gitignore$/, '$1.gitignore');
    await mkdir(dirname(join(tree, way)), { recursive: true });
    await writeFile(join(tree, way), put(await readFile(from, 'utf8')), { flag: 'wx' });
    files.push(way.split(sep).join('/'));
  }
  return files.sort();
}

/** Symbols are global to a host: they carry the plugin's name, as far as it may stand in SQL and in code. */
async function placeholders(name: string): Promise<(text: string) => string> {
  const letters = name.replace(/[^A-Za-z0-9_]/g, '_').slice(0, LONGEST);
  const symbol = /^[A-Za-z]/.test(letters) ? letters : `p${letters}`;
  const values = new Map([
    ['__plugin__', name],
    ['__symbol__', symbol],
    ['__rxport__', await ownDependency(packageRoot(), ownVersion())],
  ]);
  return (text) => text.replace(/__(plugin|symbol|rxport)__/g, (mark) => values.get(mark) ?? mark);
}

/** A name has 64 characters at most, and "_lines" follows. */
const LONGEST = 56;
