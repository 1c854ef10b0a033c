import { beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dropVersion, load, remove } from '../../lib/install/install.js';
import { collectedLog } from '../helpers/collected-log.js';
import { asNobody } from '../helpers/nobody.js';
import { storeIn } from '../helpers/store.js';
import { writeTree } from '../helpers/tree.js';
import { VersionFolders } from '../helpers/version-folders.js';

let at: VersionFolders;
beforeEach(async () => {
  at = new VersionFolders();
  await at.install();
});

/** As the module cache of Go: neither the files nor their folders may be written to. */
async function cacheIn(dir: string): Promise<void> {
  await writeTree(dir, { 'cache/mod/go.mod': { content: 'module x', mode: 0o444 } });
  await chmod(join(dir, 'cache/mod'), 0o555);
  await chmod(join(dir, 'cache'), 0o555);
}

describe('a plugin with folders that may not be written to', () => {
  it('is removed', () =>
    asNobody(at.dir, async () => {
      await cacheIn(at.home);
      await remove(await load(at.home), at.folders);
      expect(await at.left()).toEqual([]);
    }));

  it('is updated, and its old versions go', () =>
    asNobody(at.dir, async () => {
      await cacheIn(at.home);
      await cacheIn((await at.update('v2')).dir);
      const old = await load(at.home);
      await at.update('v3');
      await dropVersion(old, at.folders);
      expect(await at.left()).toEqual(['thermo', 'thermo@']);
    }));

  it('does not keep a host from starting when a killed one has left it', () =>
    asNobody(at.dir, async () => {
      await cacheIn((await at.keep('v2')).dir);
      await cacheIn(join(at.folders.staging, 'install-x/files'));
      await cacheIn(join(at.folders.environments, 'half-made'));
      await storeIn(join(at.dir, 'data')).store.open();
      expect(await at.left()).toEqual(['thermo']);
      expect(await readdir(at.folders.environments)).toEqual([]);
    }));
});

it('a host starts, and says what it can not delete', () =>
  asNobody(at.dir, async () => {
    const { staging, versions } = at.folders;
    await at.keep('v2');
    await mkdir(staging, { recursive: true });
    await writeFile(join(staging, 'left'), '');
    const plugins = join(at.dir, 'data/plugins');
    await chmod(plugins, 0o555);
    const { log, warnings } = collectedLog();
    const found = await storeIn(join(at.dir, 'data'), {}, log).store.open();
    await chmod(plugins, 0o755);
    expect(found).toHaveLength(1);
    expect(warnings).toEqual([expect.stringMatching(`${staging} can not be deleted: EACCES`)]);
    expect(await readdir(versions)).toEqual([]);
  }));
