import { beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, lstat, mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load, tidyVersions } from '../../lib/install/install.js';
import { asNobody } from '../helpers/nobody.js';
import { storeIn } from '../helpers/store.js';
import { VersionFolders } from '../helpers/version-folders.js';

let at: VersionFolders;
beforeEach(async () => {
  at = new VersionFolders();
  await at.install();
  await at.update('v2');
});

const opened = () => storeIn(join(at.dir, 'data')).store.open();

describe('a host that can not list a folder of plugins', () => {
  it('refuses to start, and deletes nothing', async () => {
    const { portables } = at.folders;
    await asNobody(at.dir, async () => {
      await chmod(portables, 0);
      await expect(opened()).rejects.toMatchObject({
        code: 'ERR_DATA_FOLDER',
        message: expect.stringMatching(`${portables} can not be read: EACCES: permission denied.*nothing was deleted`),
      });
      await chmod(portables, 0o755);
      expect(await opened()).toEqual([
        expect.objectContaining({ plugin: expect.objectContaining({ name: 'thermo' }) }),
      ]);
    });
  });

  it.each([
    ['is a file for the moment', (path: string) => writeFile(path, '')],
    ['is a link to a disk that is not there', (path: string) => symlink('/nowhere/portables', path)],
  ])('refuses to start when that %s, and finds all there later', async (_, block) => {
    const { portables } = at.folders;
    await rename(portables, join(at.dir, 'gone'));
    await block(portables);
    await expect(opened()).rejects.toMatchObject({ code: 'ERR_DATA_FOLDER' });
    await rename(portables, join(at.dir, 'block'));
    await rename(join(at.dir, 'gone'), portables);
    expect(await at.restart()).toBe('v2');
  });

  it('deletes no version while it can not tell where a link leads', async () => {
    const stale = await at.keep('v3');
    await asNobody(at.dir, async () => {
      await symlink(join(at.dir, 'closed/thermo'), join(at.folders.portables, 'other'));
      await mkdir(join(at.dir, 'closed'), { mode: 0 });
      await tidyVersions(at.folders);
      expect(await readdir(at.folders.versions)).toHaveLength(2);
      await chmod(join(at.dir, 'closed'), 0o755);
    });
    await tidyVersions(at.folders);
    await expect(lstat(stale.dir)).rejects.toMatchObject({ code: 'ENOENT' });
    expect((await load(at.home)).manifest.version).toBe('v2');
  });
});
