/** How long it takes to install a zip, up to the start of its process, next to `unzip`. */
import { spawnSync } from 'node:child_process';
import { createWriteStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { startChild } from './child.js';
import { bench, type Comparison, type Opened, type Sample } from './harness.js';
import { outputOf } from './install/output.js';
import { tempFolder } from './plugins.js';

const INSTALLER = '.cache/bench/programs/installer.mjs';
const MB = 1_000_000;

/** Of about so many bytes. Half of each file is text, half is noise: it unpacks to about twice its size, as libraries do. */
async function zipOf(files: number, packed: number): Promise<string> {
  const path = join(tempFolder(), 'thermo.zip');
  const zip = new ZipFile();
  const manifest = { version: 'v1', language: 'python', executable: 'main.py', functions: ['f'] };
  zip.addBuffer(Buffer.from(JSON.stringify(manifest)), 'thermo.json');
  zip.addBuffer(Buffer.from('print()'), 'main.py');
  const half = Math.floor(packed / files);
  const text = Buffer.from('    return self.value if self.value is not None else other\n'.repeat(half / 50)).subarray(
    0,
    half,
  );
  for (let index = 2; index < files; index += 1)
    zip.addBuffer(Buffer.concat([noise(half, index), text]), `lib/part${index % 40}/module${index}.py`);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}

/** The same in each run. */
function noise(length: number, seed: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    buffer[at] = state >>> 24;
  }
  return buffer;
}

/** Each measurement in a new folder, which is deleted outside of it. */
const inNewFolder = (measure: (dir: string) => Promise<Sample>): Opened => ({
  async run() {
    const dir = tempFolder();
    try {
      return await measure(dir);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  },
  close: async () => undefined,
});

const timed = async (command: readonly [string, ...string[]]): Promise<number> => {
  const start = performance.now();
  await outputOf(startChild(command, { stdio: ['ignore', 'pipe', 'inherit'] }));
  return performance.now() - start;
};

const unzipped = (zip: string) => async (): Promise<Opened> =>
  inNewFolder(async (dir) => ({ ms: await timed(['unzip', '-q', zip, '-d', join(dir, 'out')]) }));

/** What it takes to have it on the disk, as an installation has. */
const synced = (zip: string) => async (): Promise<Opened> =>
  inNewFolder(async (dir) => {
    const unpacking = await timed(['unzip', '-q', zip, '-d', join(dir, 'out')]);
    return { ms: unpacking + (await timed(['sync', '-f', join(dir, 'out')])) };
  });

const installed = (zip: string) => async (): Promise<Opened> =>
  inNewFolder(async (dir) => {
    const child = startChild([process.execPath, INSTALLER, join(dir, 'data'), zip], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { ms, peak, before } = JSON.parse(await outputOf(child)) as Readonly<
      Record<'ms' | 'peak' | 'before', number>
    >;
    return { ms, 'peak MiB': peak, 'MiB over start': peak - before };
  });

const skip = spawnSync('unzip', ['-v']).error === undefined ? undefined : 'no unzip';

async function comparison(files: number, packed: number): Promise<Comparison> {
  const zip = await zipOf(files, packed);
  return {
    title: `a zip of ${Math.round(statSync(zip).size / MB)} MB with ${files.toLocaleString('en-US')} files`,
    metrics: [
      { name: 'ms', digits: 0 },
      { name: 'peak MiB', digits: 0, plain: true },
      { name: 'MiB over start', digits: 0, plain: true },
    ],
    repeat: 3,
    ...(files >= 1_000 && { targets: [{ metric: 'ms', base: 'unzip', most: 1.5 }] }),
    variants: [
      { name: 'unzip', base: 'unzip', skip, open: unzipped(zip) },
      { name: 'unzip, then sync', skip, open: synced(zip) },
      { name: 'install, to the disk, with hashes and lock file', ours: true, open: installed(zip) },
    ],
  };
}

await bench('install', [await comparison(2_000, 50 * MB), await comparison(200, 5 * MB)]);
