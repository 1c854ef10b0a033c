/**
 * From a zip or a folder to a plugin's directory, or to nothing at all.
 *
 * Whatever is unpacked is made complete in a staging folder on the same file system; one rename puts it in its place.
 */
import { lstat, mkdir, mkdtemp, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { configInvalid, installNotFound, pluginExists, pluginNamed } from '../errors.js';
import { copyFolder, isInside } from './copy-folder.js';
import { findManifest, type FoundManifest } from './find-manifest.js';
import { type Fingerprint, hashFile } from './fingerprint.js';
import { flush, flushTree } from './flush.js';
import type { PluginFolders, Staged } from './folders.js';
import { inspect, type InstalledPlugin } from './installed-plugin.js';
import { installing } from './installing.js';
import { moveTree } from './move-tree.js';
import { removeTree } from './remove-tree.js';
import { unzip, type UnzipOptions } from './unzip.js';
import { dropVersions } from './versions.js';

export { type PluginFolders, pluginFolders, type Staged } from './folders.js';
export { type InstalledPlugin, load } from './installed-plugin.js';
export { loadAll, type Loaded } from './load-all.js';
export { dropVersion, keepVersion, isAtHome, placeVersion, tidyVersions } from './versions.js';

export interface StageOptions extends UnzipOptions {
  /** The name that the plugin must have. */
  readonly name?: string | undefined;
}

/**
 * Unpacks or copies `source`, a zip or a folder, below `stagingRoot` and checks it; what fails leaves nothing there.
 *
 * Rejects with `ERR_INSTALL_NOT_FOUND`, `ERR_ZIP_*`, `ERR_MANIFEST_*`, `ERR_NAME_INVALID`, `ERR_PLUGIN_EXECUTABLE`,
 * `ERR_PLUGIN_MISMATCH`, and `ERR_DATA_FOLDER` for what the file system says.
 */
export function stage(source: string, stagingRoot: string, options: StageOptions = {}): Promise<Staged> {
  return installing(source, () => lay(source, stagingRoot, options));
}

async function lay(source: string, stagingRoot: string, options: StageOptions): Promise<Staged> {
  const type = await typeOf(source);
  await mkdir(stagingRoot, { recursive: true });
  const root = await mkdtemp(join(resolve(stagingRoot), 'install-'));
  // Not `root` itself: mkdtemp makes it private, and the plugin's folder is to have the usual mode.
  const tree = join(root, 'files');
  try {
    const { dir, name, ...known } = await (type === 'file'
      ? stageZip(source, tree, options)
      : stageFolder(source, tree, options));
    return { ...(await inspect(dir, name, source)), root, source: resolve(source), ...known };
  } catch (thrown) {
    await sweep(root);
    throw thrown;
  }
}

type Laid = FoundManifest & Pick<Staged, 'sha256' | 'files'>;

async function stageZip(source: string, tree: string, options: StageOptions): Promise<Laid> {
  const all = await unzip(source, tree, options);
  const found = await findManifest(tree, options.name ?? basename(source, extname(source)), source);
  checkNamed(found, source, options);
  const below = relative(tree, found.dir).split(sep).join('/');
  return { ...found, files: filesBelow(all, below), sha256: await hashFile(source, options.signal) };
}

/** Looks first: a wrong path may hold a whole disk. */
async function stageFolder(source: string, tree: string, options: StageOptions): Promise<Laid> {
  const { dir, name } = await findManifest(source, options.name ?? basename(resolve(source)), source);
  checkNamed({ name }, source, options);
  await inspect(dir, name, source);
  await checkApart(dir, dirname(tree));
  await copyFolder(dir, tree, options.signal);
  return { dir: tree, name };
}

function checkNamed({ name: found }: { readonly name: string }, source: string, { name = found }: StageOptions): void {
  if (name !== found) throw pluginNamed(name, source, found);
}

const filesBelow = (files: Fingerprint, folder: string): Fingerprint =>
  folder === ''
    ? files
    : new Map(
        [...files].flatMap(([path, hash]) =>
          path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), hash] as const] : [],
        ),
      );

/** A staged plugin whose files have changed; rejects as `stage` does. */
export async function inspectAgain(staged: Staged): Promise<Staged> {
  const { files: _, ...known } = staged;
  return { ...known, ...(await inspect(staged.dir, staged.name, staged.source)) };
}

/**
 * Puts a staged plugin into `portables`, under its name. Rejects with `ERR_PLUGIN_EXISTS` when that is taken; the staged
 * plugin is then still there.
 */
export async function commit(staged: Staged, portables: string): Promise<InstalledPlugin> {
  const { name, manifest, root } = staged;
  const dir = resolve(portables, name);
  await mkdir(portables, { recursive: true });
  if (await exists(dir)) throw pluginExists(name, dir);
  await flushTree(staged.dir);
  try {
    await moveTree(staged.dir, dir);
  } catch (cause) {
    // Somebody was faster: a rename does not replace a folder that holds something.
    if (await exists(dir)) throw pluginExists(name, dir);
    throw cause;
  }
  // It is in its place, whether the disk knows that yet or not.
  await flush(portables).catch(() => undefined);
  await sweep(root);
  return { name, manifest, dir, executable: join(dir, manifest.executable), home: dir };
}

/** Forgets a staged plugin. */
export const discard = ({ root }: Staged): Promise<void> => removeTree(root);

/** Deletes a plugin's folder, in one step for whoever looks; done already is fine. */
export async function remove(plugin: Pick<InstalledPlugin, 'name' | 'home'>, folders: PluginFolders): Promise<void> {
  if (await exists(plugin.home)) await removeFolder(plugin.home, folders.staging);
  await dropVersions(plugin.name, folders);
}

/** A link goes, and not what it names. */
export async function removeFolder(folder: string, stagingRoot: string): Promise<void> {
  await mkdir(stagingRoot, { recursive: true });
  const root = await mkdtemp(join(stagingRoot, 'remove-'));
  try {
    await moveTree(folder, join(root, 'files'));
  } catch (error) {
    await sweep(root);
    throw error;
  }
  // The same: it is gone.
  await flush(dirname(folder)).catch(() => undefined);
  await sweep(root);
}

async function typeOf(source: string): Promise<'file' | 'folder'> {
  const found = await stat(source).catch(() => undefined);
  if (!found) throw installNotFound(source, 'no such file or folder');
  if (!found.isFile() && !found.isDirectory()) throw installNotFound(source, 'it is neither a file nor a folder');
  return found.isFile() ? 'file' : 'folder';
}

/** A copy that contains itself has no end. */
async function checkApart(source: string, target: string): Promise<void> {
  const [from, to] = await Promise.all([realpath(source), realpath(target)]);
  if (!isInside(from, to)) return;
  throw configInvalid(source, [`the host's data folder lies inside (${to}): keep it elsewhere, or install a zip`]);
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Of what the next start would find and delete as well. */
const sweep = (root: string): Promise<void> => removeTree(root).catch(() => undefined);
