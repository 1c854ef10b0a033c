/** Plugins made of templates and packed, and what is in a zip. */
import { afterAll } from '@jest/globals';
import { stop } from 'esbuild';
import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openPromise } from 'yauzl';
import { pack, type Packed, type PackOptions } from '../../lib/packing/pack.js';
import { root } from './toolchains.js';
import { writeTree } from './tree.js';
import { tempFolder } from './unique.js';

// Its service would outlive the run.
afterAll(() => stop());

/** What an author's shell would have, and no options of this run. */
const env = {
  PATH: process.env['PATH'] ?? '',
  HOME: process.env['HOME'] ?? '',
  TMPDIR: process.env['TMPDIR'] ?? '/tmp',
};

/** Runs a program in `cwd`; rejects with its output when it fails. */
export async function runIn(cwd: string, file: string, args: readonly string[], more: Record<string, string> = {}) {
  const { stdout, stderr } = await promisify(execFile)(file, [...args], { cwd, env: { ...env, ...more } });
  return stdout + stderr;
}

/** As `npm install` in `folder` would do it. */
export function installPackages(folder: string): void {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/rxport'));
  for (const name of ['rxjs', 'jiti', 'typescript', '@types']) {
    symlinkSync(`${root}node_modules/${name}`, join(folder, 'node_modules', name));
  }
}

/** `-rwxr-xr-x main.mjs` for each entry, in the order of the zip. */
export async function entriesOf(file: string): Promise<readonly string[]> {
  const zip = await openPromise(file, { autoClose: false });
  try {
    const entries: string[] = [];
    for await (const { externalFileAttributes, fileName } of zip.eachEntry()) {
      entries.push(`${(externalFileAttributes >>> 16).toString(8)} ${fileName}`);
    }
    return entries;
  } finally {
    zip.close();
  }
}

/** The different dates and times of entries, as a zip has them. */
export async function timesIn(file: string): Promise<readonly (readonly number[])[]> {
  const zip = await openPromise(file, { autoClose: false });
  try {
    const times = new Set<string>();
    for await (const { lastModFileDate, lastModFileTime } of zip.eachEntry()) {
      times.add(JSON.stringify([lastModFileDate, lastModFileTime]));
    }
    return [...times].map((text) => JSON.parse(text) as number[]);
  } finally {
    zip.close();
  }
}

/** The text of one entry. */
export async function textIn(file: string, path: string): Promise<string> {
  const zip = await openPromise(file, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== path) continue;
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString();
    }
    throw new Error(`${file} has no ${path}`);
  } finally {
    zip.close();
  }
}

/** A manifest with one function. */
export const manifest = (language: string, executable: string): string =>
  JSON.stringify({ version: 'v1', language, executable, functions: ['f'] });

/** What the plugin `thermo` may be made of. */
export const thermo = {
  typescript: {
    'thermo.json': manifest('node', 'main.mjs'),
    'main.ts':
      "import { plugin } from 'rxport/sdk';\nimport { f } from './f.js';\nplugin({ name: 'thermo', functions: { f } });\n",
    'f.ts': 'export const f = (x: number): number => x;\n',
  },
  python: { 'thermo.json': manifest('python', 'main.py'), 'main.py': 'print(1)\n' },
  /** A folder with these files. */
  folder: (files: Readonly<Record<string, string>>): Promise<string> => writeTree(join(tempFolder(), 'thermo'), files),
};

/** Packs a folder into a new one, or into `out`. */
export const packInto = (folder: string, out = tempFolder(), more: Partial<PackOptions> = {}): Promise<Packed> =>
  pack({ folder, out, ...more });
