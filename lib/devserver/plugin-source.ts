import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { findManifest, parseJson } from '../install/find-manifest.js';
import { inspect, type InstalledPlugin } from '../install/installed-plugin.js';
import { type Language, parseManifest } from '../install/manifest.js';
import { folderMissing, manifestInvalid, reasonOf } from '../errors.js';
import { checkName } from '../wire/names.js';

/** A plugin as its author has it. */
export interface PluginSource {
  readonly plugin: InstalledPlugin;
  /** The TypeScript file that the executable is built from. */
  readonly entry?: string;
  /** Its executable is built from the Go module in its folder. */
  readonly isGoModule?: true;
}

/**
 * The plugin in `folder`, whose name need not be the plugin's. The executable may be TypeScript, JavaScript that is built
 * from the TypeScript beside it, or the product of a Go module. Rejects with `ERR_INSTALL_NOT_FOUND`, `ERR_MANIFEST_*`, `ERR_PLUGIN_EXECUTABLE`.
 */
export async function readPlugin(folder: string, name?: string): Promise<PluginSource> {
  const root = await realpath(folder).catch(() => undefined);
  if (root === undefined) throw folderMissing(folder);
  const found = await findManifest(root, name ?? basename(resolve(folder)), folder);
  const { manifest } = await manifestOf(found.dir, found.name);
  const executable = join(found.dir, manifest.executable);
  const entry = manifest.language === 'node' ? entryOf(executable) : undefined;
  const isGoModule = manifest.language === 'go' && existsSync(join(found.dir, 'go.mod'));
  if (entry === undefined && !isGoModule) return { plugin: await inspect(found.dir, found.name, folder) };
  const { dir } = found;
  const plugin = { name: checkName('plugin', found.name), manifest, dir, executable, home: dir };
  return { plugin, ...(entry !== undefined && { entry }), ...(isGoModule && { isGoModule }) };
}

async function manifestOf(dir: string, name: string) {
  const file = join(dir, `${name}.json`);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw manifestInvalid(file, [`can not be read: ${reasonOf(cause)}`]);
  });
  try {
    return { manifest: parseManifest(parseJson(text), file) };
  } catch (cause) {
    throw cause instanceof SyntaxError ? manifestInvalid(file, [`is no JSON: ${reasonOf(cause)}`]) : cause;
  }
}

/** What is TypeScript already, or lies beside its product. */
function entryOf(executable: string): string | undefined {
  const sources = /\.[cm]?tsx?$/.test(executable)
    ? [executable]
    : ['.ts', '.mts', '.cts', '.tsx'].map((end) => executable.replace(/\.[cm]?js$/, end));
  return sources.find((path) => /tsx?$/.test(path) && existsSync(path));
}

/** A plugin of which only the name is known: what it has shows when it is started. */
export function namedPlugin(name: string, language: Language): InstalledPlugin {
  const symbols = { sources: [], sinks: [], functions: [] };
  const dir = process.cwd();
  const manifest = { version: '', language, executable: name, ...symbols };
  return { name: checkName('plugin', name), manifest, dir, executable: join(dir, name), home: dir };
}
