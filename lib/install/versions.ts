/**
 * Versions that replace another one while the host runs.
 *
 * A process reads files of its plugin whenever it likes, so the folder of a running version never changes its name: each
 * new version gets a folder of its own, is started there, and the plugin's home becomes a link to it.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { isInside } from './copy-folder.js';
import { flush, flushTree } from './flush.js';
import type { PluginFolders, Staged } from './folders.js';
import type { InstalledPlugin } from './installed-plugin.js';

/** Names have no @. */
const MARK = '@';
/** Beside a version whose home is being made a link to it: says in which of the two folders that is. */
const PLACING = '.home';
const LINK = /^\..+\.link-[0-9a-f]+$/;

/** Gives a staged plugin a folder that it keeps; it may be started there. */
export async function keepVersion(staged: Staged, { versions }: PluginFolders, home: string): Promise<InstalledPlugin> {
  const { name, manifest, root } = staged;
  await mkdir(versions, { recursive: true });
  const dir = join(await realpath(versions), `${name}${MARK}${randomBytes(6).toString('hex')}`);
  await flushTree(staged.dir);
  await rename(staged.dir, dir);
  await rm(root, { recursive: true, force: true });
  return { name, manifest, dir, executable: join(dir, manifest.executable), home };
}

/** Makes the plugin's home a link to this version, in one step for whoever looks. */
export async function placeVersion({ dir, home, name }: InstalledPlugin, folders: PluginFolders): Promise<void> {
  const parent = dirname(home);
  const link = join(parent, `.${name}.link-${randomBytes(6).toString('hex')}`);
  await symlink(relative(await realpath(parent), dir), link);
  try {
    const found = await lstat(home).catch(() => undefined);
    if (found?.isDirectory() === true) await replaceFolder(link, home, dir, folders);
    else await rename(link, home);
  } catch (error) {
    await rm(link, { force: true });
    throw error;
  }
  // It is in its place, whether the disk knows that yet or not.
  await flush(parent).catch(() => undefined);
}

/** A folder can not be replaced by a link in one step: a host that dies in between finds the mark. */
async function replaceFolder(link: string, home: string, dir: string, { staging }: PluginFolders): Promise<void> {
  await mkdir(staging, { recursive: true });
  const root = await mkdtemp(join(staging, 'update-'));
  const old = join(root, 'files');
  await writeFile(dir + PLACING, basename(dirname(home)));
  await rename(home, old);
  try {
    await rename(link, home);
  } catch (error) {
    await rename(old, home);
    throw error;
  } finally {
    await rm(dir + PLACING, { force: true });
  }
  await rm(root, { recursive: true, force: true }).catch(() => undefined);
}

/** Deletes the folder of a version that serves no more. */
export async function dropVersion({ dir }: InstalledPlugin, { versions }: PluginFolders): Promise<void> {
  const root = await realpath(versions).catch(() => versions);
  if (isInside(root, dir) && root !== dir) await rm(dir, { recursive: true, force: true });
}

/** Finishes or takes back what a host that died has left. Only for the owner of the data folder, before it works. */
export async function tidyVersions(folders: PluginFolders): Promise<void> {
  const { versions, portables, portable } = folders;
  const names = await readdir(versions).catch(() => []);
  for (const name of names.filter((found) => found.endsWith(PLACING)))
    await finishPlacing(join(versions, name.slice(0, -PLACING.length)), folders);
  const linked = new Set<string>();
  for (const folder of [portables, portable]) {
    for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
      const path = join(folder, entry.name);
      if (!entry.isSymbolicLink()) continue;
      if (LINK.test(entry.name)) await rm(path, { force: true });
      else linked.add(await realpath(path).catch(() => ''));
    }
  }
  const root = await realpath(versions).catch(() => versions);
  for (const name of names)
    if (!linked.has(join(root, name))) await rm(join(root, name), { recursive: true, force: true });
}

async function finishPlacing(dir: string, { portables, portable }: PluginFolders): Promise<void> {
  const place = await readFile(dir + PLACING, 'utf8');
  const parent = [portables, portable].find((folder) => basename(folder) === place);
  if (parent === undefined) return;
  const home = join(parent, basename(dir).split(MARK)[0] ?? '');
  if (await lstat(home).catch(() => undefined)) return;
  await symlink(relative(parent, dir), home).catch(() => undefined);
}
