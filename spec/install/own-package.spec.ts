import { beforeEach, expect, it } from '@jest/globals';
import { appendFileSync, chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environmentsIn } from '../helpers/environments.js';
import { storeIn } from '../helpers/store.js';
import { describeWith } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';
import { load } from '../../lib/install/install.js';

describeWith('python', 'the environment of a plugin that is a package itself', (pythonBin) => {
  let source: string;
  let uvBin: string;
  beforeEach(async () => {
    source = await writeTree(join(tempFolder(), 'thermo'), {
      'thermo.json': JSON.stringify({
        ...{ language: 'python', executable: 'main.py', functions: ['f'], virtualEnvType: 'uv' },
      }),
      'main.py': '',
      'pyproject.toml': '[project]\nname = "thermo"\nversion = "1.0"\n',
      'thermo/__init__.py': '',
      'thermo/words.json': '[]',
      'requirements.txt': '-e .',
    });
    // To build a package takes tools from a registry: an empty environment will do.
    uvBin = join(tempFolder(), 'uv');
    writeFileSync(uvBin, '#!/bin/sh\n[ "$1" = venv ] && mkdir -p "$5" || exit 0\n');
    chmodSync(uvBin, 0o755);
  });

  it('stays the same, whatever the plugin writes beside its files', async () => {
    const dir = tempFolder();
    const open = () => storeIn(dir, { uvBin, pythonBin });
    const { store, folders, home } = open();
    await store.commit(await store.prepare(await store.stage(source)));
    const [made] = readdirSync(folders.environments);
    await writeTree(home, { 'data.db': '1', 'cache.py': '', 'thermo/log.txt': '1' });
    const again = open().store;
    await again.open();
    expect(await again.environments.ensure(await load(home))).toBe(join(folders.environments, made ?? ''));
    expect(readdirSync(folders.environments)).toEqual([made]);
    // A file of the package that has changed is another package.
    appendFileSync(join(home, 'thermo/words.json'), ' ');
    await again.environments.ensure(await load(home));
    expect(readdirSync(folders.environments)).toHaveLength(2);
  });

  it('stays the same in a folder that nobody has installed, while sources and packaging do', async () => {
    const { environments, folder } = environmentsIn(join(source, '.rxport'), { uvBin, pythonBin });
    const plugin = await load(source);
    const first = await environments.ensure(plugin);
    await writeTree(source, { 'data.db': '1', '.rxport/x.py': '', '.git/hooks/y.py': '' });
    expect(await environments.ensure(plugin)).toBe(first);
    appendFileSync(join(source, 'thermo/__init__.py'), '# more\n');
    expect(await environments.ensure(plugin)).not.toBe(first);
    expect(readdirSync(folder)).toHaveLength(2);
  });
});
