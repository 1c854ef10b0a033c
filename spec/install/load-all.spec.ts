import { beforeEach, describe, expect, it } from '@jest/globals';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAll, pluginFolders } from '../../lib/install/install.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

let dir: string;
let folders: ReturnType<typeof pluginFolders>;
beforeEach(() => {
  dir = tempFolder();
  folders = pluginFolders(dir);
});

const manifest = JSON.stringify({ language: 'python', executable: 'main.py', functions: ['echo'] });
const plugin = (name: string): Record<string, string> => ({
  [`${name}/${name}.json`]: manifest,
  [`${name}/main.py`]: '',
});

const loaded = async (): Promise<Record<string, string>> => {
  const all = await loadAll([folders.portables, folders.portable]);
  return Object.fromEntries(
    all.map((one) => [one.dir.slice(dir.length), 'plugin' in one ? one.plugin.name : one.error.code]),
  );
};

describe('loadAll', () => {
  it('finds the plugins of the host and those of an eKuiper data folder', async () => {
    await writeTree(folders.portables, plugin('b'));
    await writeTree(folders.portables, plugin('a'));
    await writeTree(folders.portable, plugin('mirror'));
    expect(Object.entries(await loaded())).toEqual([
      ['/plugins/portables/a', 'a'],
      ['/plugins/portables/b', 'b'],
      ['/plugins/portable/mirror', 'mirror'],
    ]);
  });

  it('loads the others when one is broken', async () => {
    await writeTree(folders.portables, {
      ...plugin('good'),
      'no-json/main.py': '',
      'bad-json/bad-json.json': '{',
      'bad-json/main.py': '',
      'no-file/no-file.json': manifest,
      'bad name/bad name.json': manifest,
      'renamed/good.json': manifest,
    });
    expect(await loaded()).toEqual({
      '/plugins/portables/good': 'good',
      '/plugins/portables/no-json': 'ERR_MANIFEST_MISSING',
      '/plugins/portables/bad-json': 'ERR_MANIFEST_INVALID',
      '/plugins/portables/no-file': 'ERR_PLUGIN_EXECUTABLE',
      '/plugins/portables/bad name': 'ERR_NAME_INVALID',
      '/plugins/portables/renamed': 'ERR_MANIFEST_MISSING',
    });
  });

  it('takes the first of two with one name', async () => {
    await writeTree(folders.portables, plugin('a'));
    await writeTree(folders.portable, plugin('a'));
    expect(await loaded()).toEqual({ '/plugins/portables/a': 'a', '/plugins/portable/a': 'ERR_PLUGIN_EXISTS' });
  });

  it('passes over other files and what begins with a dot, and follows links', async () => {
    await writeTree(folders.portables, { 'README.md': '', '.git/x': '' });
    await writeTree(join(dir, 'work'), plugin('dev'));
    await symlink(join(dir, 'work/dev'), join(folders.portables, 'dev'));
    expect(await loaded()).toEqual({ '/plugins/portables/dev': 'dev' });
  });

  it('tells of what has the place of a plugin and is none', async () => {
    await writeTree(folders.portables, { thermo: '' });
    await writeTree(folders.portable, plugin('link'));
    await symlink('/nowhere', join(folders.portables, 'gone'));
    await symlink(join(folders.portables, 'thermo'), join(folders.portables, 'link'));
    await symlink('loop', join(folders.portables, 'loop'));
    const found = await loadAll([folders.portables, folders.portable]);
    expect(found.map((one) => ('error' in one ? one.error : one.plugin))).toMatchObject([
      {
        code: 'ERR_MANIFEST_MISSING',
        message: expect.stringMatching(/gone has .* link to \/nowhere, which is not there/),
      },
      { code: 'ERR_MANIFEST_MISSING', message: expect.stringMatching(/link has no manifest: it is no folder/) },
      { code: 'ERR_MANIFEST_MISSING', message: expect.stringMatching(/loop has .* link to loop, .*ELOOP/) },
      { code: 'ERR_MANIFEST_MISSING', message: expect.stringMatching(/thermo has no manifest: it is no folder/) },
      { name: 'link' },
    ]);
  });

  it('finds nothing in a new data folder', async () => {
    expect(await loaded()).toEqual({});
  });

  it('does not take what can not be read for an empty folder', async () => {
    await writeTree(dir, { file: '' });
    await expect(loadAll([join(dir, 'file')])).rejects.toMatchObject({ code: 'ERR_DATA_FOLDER' });
  });
});
