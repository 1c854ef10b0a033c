/** From a plugin's folder to the zip that installs it. */
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UnknownRecord } from 'io-ts';
import {
  folderMissing,
  folderUnreadable,
  manifestInvalid,
  packFailed,
  packOut,
  packStock,
  reasonOf,
} from '../errors.js';
import { findManifest, parseJson } from '../install/find-manifest.js';
import { discard, stage } from '../install/install.js';
import { type Manifest, parseManifest } from '../install/manifest.js';
import { type PackedEntry, stockProblems } from '../install/stock-rules.js';
import { contents } from './contents.js';
import { buildMain } from './build-main.js';
import { forEkuiper } from './for-ekuiper.js';
import type { PackedFile } from './packed-file.js';
import { sourceSettings } from './source-settings.js';
import { writeZip } from './write-zip.js';

export interface PackOptions {
  /** The plugin's folder, with its manifest. */
  readonly folder: string;
  /** A file that ends in `.zip`, or a folder that is there; default `<name>.zip` in the working folder. Replaced. */
  readonly out?: string;
  /** For a stock eKuiper. Default false. */
  readonly forEkuiper?: boolean;
  readonly signal?: AbortSignal;
}

export interface Packed {
  /** Absolute. */
  readonly file: string;
  readonly bytes: number;
  /** How many files it holds, without folders. */
  readonly files: number;
  /** Of the zip; the same files make the same zip. */
  readonly sha256: string;
  /** What is worth a look: warnings of the build, dotfiles that were left out, and what an eKuiper does differently. */
  readonly notes: readonly string[];
}

/**
 * Builds a plugin and packs it, and then installs the zip for a try, into a temporary folder.
 *
 * TypeScript beside the manifest's executable (`main.ts` for `main.mjs`) is bundled into it, a Go module is built. Rejects
 * with `ERR_INSTALL_NOT_FOUND`, `ERR_MANIFEST_*`, `ERR_PACK_BUILD`, `ERR_TOOL_*`, `ERR_PACK_OUT`, `ERR_PACK_STOCK` when a
 * stock eKuiper would not take the zip, with what installing it would (`ERR_ZIP_*`, `ERR_PLUGIN_EXECUTABLE`), and with the
 * reason of an aborted `signal`; the file that was there is then there still.
 */
export async function pack(options: PackOptions): Promise<Packed> {
  const { signal } = options;
  signal?.throwIfAborted();
  const plugin = await read(options.folder);
  const file = await outFile(options.out, plugin.name);
  const { files, notes } = await collect(plugin, options.forEkuiper ?? false, signal);
  // Beside its place: a rename stays on one file system.
  const temp = await orPackFailed(file, mkdtemp(join(dirname(file), '.pack-')));
  try {
    const zip = join(temp, basename(file));
    const { bytes, sha256, entries } = await orPackFailed(file, writeZip(files, zip, signal));
    const manifest = await tryOut(zip, join(temp, 'staging'), plugin.name, signal);
    if (options.forEkuiper) checkStock(plugin, manifest, entries);
    await orPackFailed(file, rename(zip, file));
    return { file, bytes, files: files.length, sha256, notes };
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

const orPackFailed = <T>(file: string, work: Promise<T>): Promise<T> =>
  work.catch((cause: unknown) => {
    throw packFailed(file, cause);
  });

interface PluginSource {
  readonly dir: string;
  readonly name: string;
  readonly manifest: Manifest;
  /** The manifest as it was written, keys that are not ours included. */
  readonly raw: Readonly<Record<string, unknown>>;
}

async function read(folder: string): Promise<PluginSource> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw folderMissing(folder);
  const { dir, name } = await findManifest(resolve(folder), basename(resolve(folder)), folder);
  const path = join(dir, `${name}.json`);
  let raw: unknown;
  try {
    raw = parseJson(await readFile(path, 'utf8'));
  } catch (cause) {
    throw manifestInvalid(path, [`is no JSON: ${reasonOf(cause)}`]);
  }
  return { dir, name, manifest: parseManifest(raw, path), raw: UnknownRecord.is(raw) ? raw : {} };
}

async function outFile(out: string | undefined, name: string): Promise<string> {
  const wanted = resolve(out ?? `${name}.zip`);
  const found = await stat(wanted).catch(() => undefined);
  const file = found?.isDirectory() ? join(wanted, `${name}.zip`) : wanted;
  if (!file.endsWith('.zip')) throw packOut(file, 'a zip ends in .zip, or else eKuiper does not take it');
  const folder = await stat(dirname(file)).catch(() => undefined);
  if (!folder?.isDirectory()) throw packOut(file, `${dirname(file)} is no folder: make it first`);
  return file;
}

async function collect(plugin: PluginSource, stock: boolean, signal: AbortSignal | undefined) {
  const { dir, name, manifest, raw } = plugin;
  const main = await buildMain(dir, manifest, { shebang: stock, signal });
  const found = await contents(dir, main.build, signal).catch((cause: unknown) => {
    throw folderUnreadable(dir, cause);
  });
  const files = new Map(found.files.map((file) => [file.path, file]));
  if (main.file) files.set(main.file.path, main.file);
  const built = { ...raw, executable: main.executable };
  const layout = stock
    ? forEkuiper(
        built,
        { ...manifest, executable: main.executable },
        new Set(files.keys()),
        await sourceSettings(manifest.sources, files),
      )
    : { manifest: built, added: new Map<string, string>(), notes: [] };
  for (const [path, text] of layout.added) files.set(path, made(path, text));
  // As it is when nothing in it has changed.
  if (stock || main.executable !== raw['executable']) {
    files.set(`${name}.json`, made(`${name}.json`, `${JSON.stringify(layout.manifest, null, 2)}\n`));
  }
  return { files: [...files.values()], notes: [...main.notes, ...hiddenNotes(found.hidden), ...layout.notes] };
}

/** So many names are told. */
const TOLD = 5;

function hiddenNotes(hidden: readonly string[]): readonly string[] {
  if (hidden.length === 0) return [];
  const more = hidden.length > TOLD ? ` and ${hidden.length - TOLD} more` : '';
  return [`left out, since their names begin with a dot: ${hidden.slice(0, TOLD).join(', ')}${more}`];
}

const made = (path: string, text: string): PackedFile => ({ path, content: Buffer.from(text), executable: false });

/** As an installer does: what it would say is said now. Resolves with the manifest that it finds. */
async function tryOut(zip: string, staging: string, name: string, signal: AbortSignal | undefined): Promise<unknown> {
  const staged = await stage(zip, staging, { name, signal });
  try {
    return parseJson(await readFile(join(staged.dir, `${name}.json`), 'utf8'));
  } finally {
    await discard(staged);
  }
}

function checkStock({ dir, name }: PluginSource, manifest: unknown, entries: readonly PackedEntry[]): void {
  const problems = stockProblems(name, manifest, entries);
  if (problems.length > 0) throw packStock(dir, problems);
}
