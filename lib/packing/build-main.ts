/** The main program of a plugin as it goes into the zip. */
import { open, readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import type { Manifest } from '../install/manifest.js';
import { bundle } from './bundle.js';
import type { Build } from './contents.js';
import { goBuild } from './go-build.js';
import type { PackedFile } from './packed-file.js';

export interface BuiltMain {
  readonly build: Build;
  /** What the manifest in the zip names. */
  readonly executable: string;
  /** In place of the one in the folder, if any. */
  readonly file?: PackedFile;
  readonly notes: readonly string[];
}

export interface MainOptions {
  /** A program for Node gets a first line that starts it, when it has none. */
  readonly shebang: boolean;
  readonly signal?: AbortSignal | undefined;
}

const SHEBANG = '#!/usr/bin/env node\n';

/** Rejects with `ERR_PACK_BUILD`, `ERR_TOOL_MISSING`, `ERR_TOOL_TIMEOUT`. */
export async function buildMain(dir: string, manifest: Manifest, options: MainOptions): Promise<BuiltMain> {
  const executable = posix.normalize(manifest.executable);
  switch (manifest.language) {
    case 'python':
      return { build: 'python', executable: manifest.executable, notes: [] };
    case 'node':
      return node(dir, executable, manifest.executable, options);
    case 'go':
    case 'executable': {
      const isModule = manifest.language === 'go' && (await isFile(join(dir, 'go.mod')));
      if (isModule) await goBuild(dir, executable, options.signal);
      return { build: isModule ? 'go' : 'none', executable: manifest.executable, notes: [] };
    }
  }
}

async function node(dir: string, path: string, named: string, { shebang }: MainOptions): Promise<BuiltMain> {
  const source = await sourceOf(dir, path);
  if (source !== undefined) return bundled(dir, path, source);
  const file = join(dir, path);
  if (!(await isFile(file))) return { build: 'node', executable: named, notes: [] };
  const notes = (await isFolder(join(dir, 'node_modules')))
    ? [
        `node_modules is left out: put the main program into TypeScript (${path.replace(/\.[^./]+$/, '.ts')}), which is bundled`,
      ]
    : [];
  const starts = await hasShebang(file);
  if (!starts && !shebang) return { build: 'node', executable: named, notes };
  const text = await readFile(file);
  const content = starts ? text : Buffer.concat([Buffer.from(SHEBANG), text]);
  return { build: 'node', executable: named, file: { path, content, executable: true }, notes };
}

/** `.mjs` also for `.js`: what that means depends on a package.json that the zip may not have, and any folder above may. */
async function bundled(dir: string, path: string, source: string): Promise<BuiltMain> {
  const executable = path.endsWith('.cjs') ? path : path.replace(/\.[cm]?[jt]sx?$/, '.mjs');
  const { content, warnings } = await bundle(dir, join(dir, source), executable.endsWith('.cjs') ? 'cjs' : 'esm');
  return { build: 'bundled', executable, file: { path: executable, content, executable: true }, notes: warnings };
}

/** `main.ts` beside `main.mjs`, or itself when the manifest names it. */
async function sourceOf(dir: string, path: string): Promise<string | undefined> {
  if (/\.[cm]?tsx?$/.test(path)) return path;
  const stem = path.replace(/\.[cm]?js$/, '');
  for (const end of ['.ts', '.mts', '.cts', '.tsx']) if (await isFile(join(dir, stem + end))) return stem + end;
  return undefined;
}

async function hasShebang(file: string): Promise<boolean> {
  const opened = await open(file);
  try {
    const { buffer } = await opened.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString('latin1') === '#!';
  } finally {
    await opened.close();
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
