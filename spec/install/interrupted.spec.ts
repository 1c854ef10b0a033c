/** A process that changes the plugins of a data folder is killed before each of its steps on the disk. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compare } from '../../lib/install/fingerprint.js';
import { load } from '../../lib/install/install.js';
import { isAlive } from '../helpers/alive.js';
import { startHost } from '../helpers/host.js';
import { bundleProgram, startBundle } from '../helpers/program.js';
import { storeIn } from '../helpers/store.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { filesOf, makeZip } from '../helpers/zip.js';

type Action = 'install' | 'update' | 'remove';

let program: string;
beforeAll(async () => {
  program = await bundleProgram('store', { whole: true });
});

/** Processes at a time. */
const AT_ONCE = 4;

async function zipOf(version: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const manifest = JSON.stringify({ version, language: 'python', executable: 'main.py', functions: ['f'] });
  const file = join(tempFolder(), 'thermo.zip');
  const files = { 'thermo.json': manifest, 'main.py': `print("${version}")`, 'lib/deep/a.py': '', ...more };
  await writeFile(file, makeZip(filesOf(files)));
  return file;
}

/** A data folder after these versions were installed, one after the other. */
async function dataWith(versions: readonly string[]): Promise<string> {
  const dir = join(tempFolder(), 'data');
  mkdirSync(dir);
  const { store, home } = storeIn(dir);
  await store.open();
  for (const version of versions) {
    const staged = await store.prepare(await store.stage(await zipOf(version)));
    if (!existsSync(home)) await store.commit(staged);
    else {
      const old = await load(home);
      await store.place(await store.keep(staged, home));
      await store.drop(old);
    }
  }
  return dir;
}

/** What the next host finds: the version, or undefined; fails when anything of it is not whole. */
async function found(dir: string): Promise<string | undefined> {
  const { store, folders } = storeIn(dir);
  const [one, ...others] = await store.open();
  expect(others).toEqual([]);
  const lock = readLock(folders.lockFile);
  const left = [folders.staging, folders.versions].flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
  const known = ['.staging', '.versions', 'portables', 'rxport-lock.json'];
  expect(existsSync(join(dir, 'plugins')) ? known : []).toEqual(
    expect.arrayContaining(existsSync(join(dir, 'plugins')) ? readdirSync(join(dir, 'plugins')) : []),
  );
  if (one === undefined) {
    expect([lock, left]).toEqual([[], []]);
    return undefined;
  }
  if (!('plugin' in one)) throw one.error;
  const { plugin } = one;
  expect(left).toEqual(plugin.dir.includes('.versions') ? [plugin.dir.split('/').at(-1)] : []);
  const entry = store.entryOf(plugin);
  expect(entry?.version).toBe(plugin.manifest.version);
  expect(await compare(entry?.files ?? new Map(), plugin.dir, { strict: true })).toEqual({
    changed: [],
    missing: [],
    added: [],
  });
  expect(lock).toEqual([{ name: 'thermo', current: expect.objectContaining({ version: entry?.version }) }]);
  return plugin.manifest.version;
}

const readLock = (file: string): unknown =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { readonly plugins: unknown }).plugins : [];

/** Runs it whole, then killed before each step; answers what was found each time. */
async function cutEverywhere(before: string, action: Action, source = ''): Promise<readonly (string | undefined)[]> {
  const cutAt = async (step: number): Promise<string | undefined> => {
    const dir = join(tempFolder(), 'data');
    cpSync(before, dir, { recursive: true, verbatimSymlinks: true });
    const { code, signal, stdout, stderr } = await startBundle(program, dir, action, String(step), source).ended;
    if (step > 0) expect([signal, stderr]).toEqual(['SIGKILL', '']);
    else steps = code === 0 ? Number(stdout[0]) : NaN;
    return found(dir);
  };
  let steps = NaN;
  const whole = await cutAt(0);
  expect(steps).toBeGreaterThan(5);
  const results: (string | undefined)[] = [];
  const queue = Array.from({ length: steps }, (_, index) => index + 1);
  const work = async (): Promise<void> => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) results[step - 1] = await cutAt(step);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return [...results, whole];
}

/** First the old state, then the new one, and no third. */
const switches = (states: readonly unknown[]): readonly unknown[] =>
  states.filter((state, index) => index === 0 || state !== states[index - 1]);

describe('a host that is killed leaves the old state or the new one', () => {
  it('of an installation', async () => {
    const states = await cutEverywhere(await dataWith([]), 'install', await zipOf('v1'));
    expect(switches(states)).toEqual([undefined, 'v1']);
  }, 60_000);

  it('of the first update, which makes a link of a folder', async () => {
    const states = await cutEverywhere(await dataWith(['v1']), 'update', await zipOf('v2'));
    expect(switches(states)).toEqual(['v1', 'v2']);
  }, 60_000);

  it('of a further update', async () => {
    const states = await cutEverywhere(await dataWith(['v1', 'v2']), 'update', await zipOf('v3'));
    expect(switches(states)).toEqual(['v2', 'v3']);
  }, 60_000);

  it.each([[['v1']], [['v1', 'v2']]])(
    'of a removal after %j',
    async (versions) => {
      const states = await cutEverywhere(await dataWith(versions), 'remove');
      expect(switches(states)).toEqual([versions.at(-1), undefined]);
    },
    60_000,
  );

  it('of an installation whose script runs, and the next one ends that', async () => {
    const dir = await dataWith([]);
    const source = await zipOf('v1', { 'install.sh': `echo $$ > '${dir}/pid'; sleep 60 & wait` });
    const { child, ended } = startBundle(program, dir, 'install', '0', source);
    // A shell makes the file before it writes.
    const written = (): string => (existsSync(join(dir, 'pid')) ? readFileSync(join(dir, 'pid'), 'utf8') : '');
    const pid = await until(() => Number(written()) || undefined);
    child.kill('SIGKILL');
    await ended;
    const host = await startHost({ dir });
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(join(dir, 'run'))).toEqual([]);
    expect(host.plugins.list()).toEqual([]);
    await host.stop();
    expect(await found(dir)).toBeUndefined();
  });
});
