/**
 * Versions that replace another one while the host runs.
 *
 * A process reads files of its plugin whenever it likes, so the folder of a running version never changes its name: each
 * new version gets a folder of its own, is started there, and the plugin's home becomes a link to it.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pluginMisplaced } from '../errors.js';
import { isInside } from './copy-folder.js';
import { flush, flushTree } from './flush.js';
import type { PluginFolders, Staged } from './folders.js';
import type { InstalledPlugin } from './installed-plugin.js';
import { listFolder } from './list-folder.js';
import { moveTree } from './move-tree.js';
import { removeTree } from './remove-tree.js';

/** Names have no @. */
const MARK = '@';
/**
 * Beside a version whose home is being made a link to it: says in which of the two folders that is, and which version the
 * files become that are there.
 */
const PLACING = '.home';
const LINK = /^\..+\.link-[0-9a-f]+$/;

const newFolder = (name: string): string => `${name}${MARK}${randomBytes(6).toString('hex')}`;

/** Gives a staged plugin a folder that it keeps; it may be started there. */
export async function keepVersion(staged: Staged, { versions }: PluginFolders, home: string): Promise<InstalledPlugin> {
  const { name, manifest, root } = staged;
  await mkdir(versions, { recursive: true });
  const dir = join(await realpath(versions), newFolder(name));
  await flushTree(staged.dir);
  await moveTree(staged.dir, dir);
  await rm(root, { recursive: true, force: true });
  return { name, manifest, dir, executable: join(dir, manifest.executable), home };
}

/** Its files are in its home itself: another version that is placed takes them away. */
export const isAtHome = async ({ home }: Pick<InstalledPlugin, 'home'>): Promise<boolean> =>
  (await lstat(home).catch(() => undefined))?.isDirectory() === true;

/**
 * Makes the plugin's home a link to this version, in one step for whoever looks. Rejects with `ERR_PLUGIN_MISPLACED` when
 * the plugin has no home then, until the next start of a host.
 */
export async function placeVersion(version: InstalledPlugin, move = moveTree): Promise<void> {
  const { dir, home, name } = version;
  const parent = dirname(home);
  const link = join(parent, `.${name}.link-${randomBytes(6).toString('hex')}`);
  await symlink(relative(await realpath(parent), dir), link);
  try {
    if (await isAtHome(version)) await replaceFolder(link, version, move);
    else await move(link, home);
  } catch (error) {
    await sweep(link);
    throw error;
  }
  // It is in its place, whether the disk knows that yet or not.
  await flush(parent).catch(() => undefined);
}

/** A folder can not be replaced by a link in one step: a host that dies in between finds the mark. */
async function replaceFolder(link: string, { name, home, dir }: InstalledPlugin, move: typeof moveTree): Promise<void> {
  const old = join(dirname(dir), newFolder(name));
  await writeFile(dir + PLACING, [basename(dirname(home)), basename(old)].join('\n'));
  // Before the rename: without its home nothing else says where the plugin is.
  await flush(dir + PLACING);
  await flush(dirname(dir));
  try {
    await move(home, old);
    await move(link, home).catch(async (error: unknown) => {
      await move(old, home).catch((again: unknown) => {
        throw pluginMisplaced(name, { home, files: old }, [error, again]);
      });
      throw error;
    });
  } finally {
    // As long as there is no home, only the mark says where that was.
    if (await exists(home)) await sweep(dir + PLACING);
  }
  await sweep(old);
}

/** What stays the next start of a host finds. */
const sweep = (path: string): Promise<void> => removeTree(path).catch(() => undefined);

const isVersion = (found: string, plugin: string): boolean =>
  found.startsWith(plugin + MARK) && !found.endsWith(PLACING);

const exists = async (path: string): Promise<boolean> => (await lstat(path).catch(() => undefined)) !== undefined;

/** Deletes the folder of a version that serves no more. */
export async function dropVersion({ dir }: Pick<InstalledPlugin, 'dir'>, { versions }: PluginFolders): Promise<void> {
  const root = await realpath(versions).catch(() => versions);
  if (isInside(root, dir) && root !== dir) await removeTree(dir);
}

/** Deletes all versions of a plugin that has no home any more, as far as they can be deleted now. */
export async function dropVersions(name: string, { versions }: PluginFolders): Promise<void> {
  const names: readonly string[] = await readdir(versions).catch(() => []);
  for (const found of names) if (found.startsWith(name + MARK)) await sweep(join(versions, found));
}

/**
 * Finishes or takes back what a host that died has left. Only for the owner of the data folder, before it works. Rejects
 * with `ERR_DATA_FOLDER`, and then has deleted nothing.
 */
export async function tidyVersions(folders: PluginFolders, drop = removeTree): Promise<void> {
  const { versions, portables, portable } = folders;
  const names: readonly string[] = await readdir(versions).catch(() => []);
  const kept = new Set<string>();
  for (const mark of names.filter((found) => found.endsWith(PLACING)))
    for (const name of await finishPlacing(mark, names, folders)) kept.add(name);
  const links = (await Promise.all([portables, portable].map(linksIn))).flat();
  for (const path of links.filter((link) => LINK.test(basename(link)))) await rm(path, { force: true });
  const linked = await Promise.all(links.filter((link) => !LINK.test(basename(link))).map(targetOf));
  // One of them may lead to a version, which is all that there is of its plugin then.
  if (linked.includes(undefined)) return;
  const root = await realpath(versions).catch(() => versions);
  for (const name of names) if (!linked.includes(join(root, name)) && !kept.has(name)) await drop(join(root, name));
}

async function linksIn(folder: string): Promise<readonly string[]> {
  const links = (await listFolder(folder)).filter((entry) => entry.isSymbolicLink());
  return links.map(({ name }) => join(folder, name));
}

const NOWHERE: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ELOOP'];

/** Empty for a link that leads nowhere; undefined when nobody can tell. */
const targetOf = (link: string): Promise<string | undefined> =>
  realpath(link).catch((cause: NodeJS.ErrnoException) => (NOWHERE.includes(cause.code) ? '' : undefined));

/**
 * Names what has to stay: a home that can not be made now may be made later. A mark that can not be read, as a power cut
 * may leave it, still has the name of its version.
 */
async function finishPlacing(
  mark: string,
  names: readonly string[],
  { versions, portables, portable }: PluginFolders,
): Promise<readonly string[]> {
  const [place, old = ''] = (await readFile(join(versions, mark), 'utf8')).split('\n');
  const named = [portables, portable].find((folder) => basename(folder) === place);
  const parent = named ?? ((await exists(portables)) ? portables : portable);
  const next = mark.slice(0, -PLACING.length);
  const [plugin = ''] = next.split(MARK);
  const others = named === undefined ? names.filter((name) => isVersion(name, plugin)) : [old];
  // A new version that was taken back is gone.
  const version = [next, ...others].find((name) => names.includes(name));
  if (version === undefined) return [];
  const homes = (named === undefined ? [portables, portable] : [named]).map((folder) => join(folder, plugin));
  if ((await Promise.all(homes.map(exists))).includes(true)) return [];
  const home = join(parent, plugin);
  return symlink(relative(parent, join(versions, version)), home).then(
    () => [],
    () => [mark, version],
  );
}
