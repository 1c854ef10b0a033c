import { access, constants, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { manifestInvalid, manifestMissing, pluginExecutable, reasonOf } from '../errors.js';
import { checkName } from '../wire/names.js';
import { parseJson } from './find-manifest.js';
import { type Manifest, parseManifest } from './manifest.js';

export interface InstalledPlugin {
  readonly name: string;
  readonly manifest: Manifest;
  /** Absolute, without links, and so is `executable`. */
  readonly dir: string;
  readonly executable: string;
  /** Where it is looked for when the host starts: `dir`, or a link to it once the plugin has been updated. */
  readonly home: string;
}

export interface InspectOptions {
  /** Take a TypeScript file as the executable of a Node plugin: `rxport dev` builds it. */
  readonly typescript?: boolean | undefined;
}

/**
 * The plugin whose folder is `folder`, checked.
 *
 * Rejects with `ERR_NAME_INVALID`, `ERR_MANIFEST_MISSING`, `ERR_MANIFEST_INVALID` or `ERR_PLUGIN_EXECUTABLE`.
 */
export async function load(folder: string, options: InspectOptions = {}): Promise<InstalledPlugin> {
  const home = resolve(folder);
  // A process must not find another version behind its path when the link is set anew.
  const dir = await realpath(folder).catch(() => folder);
  return { ...(await inspect(dir, basename(home), folder, options)), home };
}

/** The plugin `name` in `folder`, which may still have another name; errors call the folder `shown`. */
export async function inspect(
  folder: string,
  name: string,
  shown: string,
  { typescript = false }: InspectOptions = {},
): Promise<InstalledPlugin> {
  checkName('plugin', name);
  const dir = resolve(folder);
  const manifest = await readManifest(dir, name, shown);
  const executable = join(dir, manifest.executable);
  const problem = (await fileProblem(executable, manifest)) ?? (typescript ? undefined : sourceProblem(manifest));
  if (problem) throw pluginExecutable(name, manifest.executable, problem);
  return { name, manifest, dir, executable, home: dir };
}

async function readManifest(dir: string, name: string, shown: string): Promise<Manifest> {
  const file = join(shown, `${name}.json`);
  let text: string;
  try {
    text = await readFile(join(dir, `${name}.json`), 'utf8');
  } catch (cause) {
    throw manifestMissing(shown, `cannot read ${name}.json (${reasonOf(cause)}); its name must be the folder's`);
  }
  let json: unknown;
  try {
    json = parseJson(text);
  } catch (cause) {
    throw manifestInvalid(file, [`is no JSON: ${reasonOf(cause)}`]);
  }
  return parseManifest(json, file);
}

/** Interpreters read the file; what is started by itself needs the bit as well. */
async function fileProblem(path: string, { language }: Manifest): Promise<string | undefined> {
  const startsItself = language === 'go' || language === 'executable';
  try {
    if (!(await stat(path)).isFile()) return 'is not a file: name the file to run';
  } catch {
    return "is missing: put it in the plugin's folder, or correct the manifest";
  }
  try {
    await access(path, constants.R_OK);
    if (startsItself) await access(path, constants.X_OK);
    return undefined;
  } catch {
    return startsItself
      ? 'may not be executed: chmod +x it and pack again (zips made on Windows lose the bit)'
      : 'may not be read: chmod +r it and pack again';
  }
}

const sourceProblem = ({ language, executable }: Manifest): string | undefined =>
  language === 'node' && /\.[cm]?tsx?$/.test(executable)
    ? 'is TypeScript: `rxport pack` builds a plugin that can be installed, `rxport dev` runs this one'
    : undefined;
