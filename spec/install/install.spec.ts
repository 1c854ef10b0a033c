import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import {
  commit,
  discard,
  type InstalledPlugin,
  load,
  pluginFolders,
  remove,
  stage,
} from '../../lib/install/install.js';
import { storeIn } from '../helpers/store.js';
import { pathsIn, writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';
import { EXECUTABLE, filesOf, makeZip, type ZipEntry } from '../helpers/zip.js';

let dir: string;
let folders: ReturnType<typeof pluginFolders>;
beforeEach(() => {
  dir = tempFolder();
  folders = pluginFolders(join(dir, 'data'));
});

const manifest = (changes: Record<string, unknown> = {}): string =>
  JSON.stringify({ version: '1', language: 'python', executable: 'main.py', sources: ['thermo'], ...changes });

const thermo = { 'thermo.json': manifest(), 'main.py': 'print()', 'sources/thermo.yaml': 'default: {}' };

const LAID = ['main.py', 'sources', 'sources/thermo.yaml', 'thermo.json'];

async function zip(
  files: Readonly<Record<string, string>> | readonly ZipEntry[],
  name = 'thermo.zip',
): Promise<string> {
  await writeFile(join(dir, name), makeZip(Symbol.iterator in files ? files : filesOf(files)));
  return join(dir, name);
}

const install = async (source: string): Promise<InstalledPlugin> =>
  commit(await stage(source, folders.staging), folders.portables);

describe('pluginFolders', () => {
  it('stages on the file system of the plugins, where no plugin can be', () => {
    expect(pluginFolders('/data')).toEqual({
      portables: '/data/plugins/portables',
      portable: '/data/plugins/portable',
      staging: '/data/plugins/.staging',
      versions: '/data/plugins/.versions',
      lockFile: '/data/plugins/rxport-lock.json',
      environments: '/data/envs',
    });
    expect(isAbsolute(pluginFolders('./rel').staging)).toBe(true);
  });
});

describe('stage and commit', () => {
  it.each([
    ['a zip', () => zip(thermo)],
    ['a zip with all in one folder', () => zip(filesOf(thermo).map((file) => ({ ...file, name: `top/${file.name}` })))],
    ['a zip with another name', () => zip(thermo, 'thermo-2.0.ZIP')],
    ['a folder', () => writeTree(join(dir, 'thermo'), thermo)],
    ['a folder in a folder', () => writeTree(join(dir, 'wrap/thermo'), thermo).then(() => join(dir, 'wrap'))],
  ])('install %s', async (_, make) => {
    const plugin = await install(await make());
    const place = join(folders.portables, 'thermo');
    expect(plugin).toEqual({
      name: 'thermo',
      manifest: {
        version: '1',
        language: 'python',
        executable: 'main.py',
        sources: ['thermo'],
        sinks: [],
        functions: [],
      },
      dir: place,
      home: place,
      executable: join(place, 'main.py'),
    });
    expect(await pathsIn(place)).toEqual(LAID);
    expect(await pathsIn(folders.staging)).toEqual([]);
    expect(await load(place)).toEqual(plugin);
  });

  it('give the folder the usual mode, not that of a temporary one', async () => {
    const { dir: place } = await install(await zip(thermo));
    const usual = (await stat(folders.portables)).mode;
    expect((await stat(place)).mode).toBe(usual);
  });

  it('leave the source as it was', async () => {
    const source = await writeTree(join(dir, 'thermo'), thermo);
    await install(source);
    expect(await pathsIn(source)).toEqual(LAID);
  });

  it('put nothing in its place before commit', async () => {
    const staged = await stage(await zip(thermo), folders.staging);
    expect(await pathsIn(folders.portables)).toEqual([]);
    expect(await readFile(staged.executable, 'utf8')).toBe('print()');
    await discard(staged);
    expect(await pathsIn(folders.staging)).toEqual([]);
  });

  it('ERR_PLUGIN_EXISTS: the name is taken, and what is there stays', async () => {
    await install(await zip(thermo));
    const staged = await stage(await zip({ ...thermo, 'new.py': '' }), folders.staging);
    const message = expect.stringContaining('update it, or remove it first');
    await expect(commit(staged, folders.portables)).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXISTS', message });
    expect(await pathsIn(folders.portables)).not.toContain('thermo/new.py');
    expect(await pathsIn(staged.dir)).toContain('new.py');
  });

  it('ERR_PLUGIN_EXISTS: by an empty folder too', async () => {
    await mkdir(join(folders.portables, 'thermo'), { recursive: true });
    await expect(install(await zip(thermo))).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXISTS' });
  });

  it('ERR_PLUGIN_EXISTS: of two at once, one is installed whole', async () => {
    const source = await zip(thermo);
    const staged = await Promise.all([1, 2, 3].map(() => stage(source, folders.staging)));
    const results = await Promise.allSettled(staged.map((each) => commit(each, folders.portables)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'ERR_PLUGIN_EXISTS' });
    }
    expect(await load(join(folders.portables, 'thermo'))).toMatchObject({ name: 'thermo' });
  });
});

describe('stage refuses', () => {
  const refuses = async (source: string, code: string, text = ''): Promise<void> =>
    expect(stage(source, folders.staging)).rejects.toMatchObject({ code, message: expect.stringContaining(text) });

  // Each leaves nothing behind: neither a part of the plugin nor a folder in staging.
  afterEach(async () => {
    expect(await pathsIn(folders.staging)).toEqual([]);
    expect(await pathsIn(folders.portables)).toEqual([]);
  });

  it('ERR_INSTALL_NOT_FOUND: a path with nothing there', () =>
    refuses('/nowhere/no.zip', 'ERR_INSTALL_NOT_FOUND', 'cannot install /nowhere/no.zip: no such file or folder'));

  it('ERR_INSTALL_NOT_FOUND: a device', () => refuses('/dev/null', 'ERR_INSTALL_NOT_FOUND'));

  it('ERR_ZIP_PATH: a hostile zip', async () => refuses(await zip([{ name: '../x' }]), 'ERR_ZIP_PATH'));

  it('ERR_ZIP_INVALID: after the first files were written', async () => {
    await refuses(await zip([...filesOf(thermo), { name: 'last', data: 'x', crc: 1 }]), 'ERR_ZIP_INVALID', 'last');
  });

  it('ERR_MANIFEST_MISSING: a zip that holds no plugin', async () => {
    const source = await zip({ 'thermo/thermo.json': manifest(), 'README.md': '' });
    await refuses(source, 'ERR_MANIFEST_MISSING', 'found thermo/thermo.json, expected thermo.json in the root');
  });

  it('ERR_MANIFEST_MISSING: a folder that is no plugin, before it copies anything', async () => {
    const source = await writeTree(join(dir, 'home'), { 'a/b.txt': '' });
    await symlink('/nowhere', join(source, 'broken'));
    await refuses(source, 'ERR_MANIFEST_MISSING');
  });

  it('ERR_PLUGIN_EXECUTABLE: a folder without it, before it copies anything', async () => {
    const source = await writeTree(join(dir, 'thermo'), { 'thermo.json': manifest() });
    await symlink('/nowhere', join(source, 'broken'));
    await refuses(source, 'ERR_PLUGIN_EXECUTABLE');
  });

  it('ERR_MANIFEST_INVALID: a manifest that is no JSON, named with its zip', async () => {
    const source = await zip({ ...thermo, 'thermo.json': '{' });
    await refuses(source, 'ERR_MANIFEST_INVALID', `${source}/thermo.json: is no JSON: `);
  });

  it("ERR_MANIFEST_INVALID: a name that is not the file's", async () => {
    await refuses(await zip({ ...thermo, 'thermo.json': manifest({ name: 'other' }) }), 'ERR_MANIFEST_INVALID');
  });

  it('ERR_NAME_INVALID: a plugin name that is none', async () => {
    await refuses(await zip({ 'my plugin.json': manifest(), 'main.py': '' }), 'ERR_NAME_INVALID');
  });

  it('ERR_CONFIG_INVALID: a folder that holds the data folder', async () => {
    await refuses(await writeTree(dir, thermo), 'ERR_CONFIG_INVALID', 'keep it elsewhere, or install a zip');
  });

  it('ERR_ZIP_PATH: a folder with a link that leaves it', async () => {
    const source = await writeTree(join(dir, 'thermo'), thermo);
    await symlink('/etc/passwd', join(source, 'secret'));
    await refuses(source, 'ERR_ZIP_PATH');
  });

  it('the rest, when it is told to stop', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    for (const source of [await zip(thermo), await writeTree(join(dir, 'thermo'), thermo)]) {
      await expect(stage(source, folders.staging, { signal })).rejects.toThrow('enough');
    }
  });
});

describe('the executable bit', () => {
  const asZip = (mode: number): Promise<string> =>
    zip([
      { name: 'thermo.json', data: manifest({ language: 'go', executable: 'mirror' }) },
      { name: 'mirror', data: '#!/bin/sh', mode },
    ]);
  const asFolder = (mode: number): Promise<string> =>
    writeTree(join(dir, 'thermo'), {
      'thermo.json': manifest({ language: 'go', executable: 'mirror' }),
      mirror: { content: '#!/bin/sh', mode: mode & 0o777 },
    });

  it.each([
    ['zip', asZip],
    ['folder', asFolder],
  ])('of a %s is kept, and asked for', async (_, make) => {
    await expect(stage(await make(0o100644), folders.staging)).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXECUTABLE' });
    const { executable } = await install(await make(EXECUTABLE));
    expect((await stat(executable)).mode & 0o100).toBe(0o100);
  });
});

describe('remove', () => {
  it('deletes the folder and nothing else, and may be repeated', async () => {
    const plugin = await install(await zip(thermo));
    await writeTree(folders.portables, { 'other/other.json': '{}' });
    await remove(plugin, folders);
    await remove(plugin, folders);
    expect(await pathsIn(folders.portables)).toEqual(['other', 'other/other.json']);
    expect(await pathsIn(folders.staging)).toEqual([]);
  });

  it('takes away a link, and leaves what it leads to', async () => {
    const source = await writeTree(join(dir, 'thermo'), thermo);
    await mkdir(folders.portables, { recursive: true });
    await symlink(source, join(folders.portables, 'thermo'));
    await remove(await load(join(folders.portables, 'thermo')), folders);
    expect(await pathsIn(folders.portables)).toEqual([]);
    expect(await pathsIn(source)).toContain('thermo.json');
  });
});

it('a store that is opened deletes what an interrupted install left, and finds nothing the next time', async () => {
  await stage(await zip(thermo), folders.staging);
  const { store } = storeIn(join(dir, 'data'));
  await store.open();
  await store.open();
  expect(await pathsIn(folders.staging)).toEqual([]);
  await expect(install(await zip(thermo))).resolves.toBeDefined();
});
