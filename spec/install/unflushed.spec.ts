import { beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from '../../lib/install/install.js';
import { asNobody } from '../helpers/nobody.js';
import { storeIn } from '../helpers/store.js';
import { VersionFolders } from '../helpers/version-folders.js';

let at: VersionFolders;
beforeEach(async () => {
  at = new VersionFolders();
  await mkdir(at.folders.portables, { recursive: true });
});

const opened = () => storeIn(join(at.dir, 'data')).store;

/** Names may come and go in the folder of the plugins then, and it can not be opened to have them on the disk. */
async function unflushed(work: () => Promise<void>): Promise<void> {
  await chmod(at.folders.portables, 0o300);
  await work();
  await chmod(at.folders.portables, 0o755);
}

describe('a disk that fails when a rename is over', () => {
  it('a plugin that is in its place is installed, and written down', () =>
    asNobody(at.dir, async () => {
      const store = opened();
      await unflushed(async () => {
        const plugin = await store.commit(await store.stage(await at.sources('v1')));
        expect(store.entryOf(plugin)).toMatchObject({ version: 'v1' });
      });
      const next = opened();
      await next.open();
      expect(next.entryOf(await load(at.home))).toMatchObject({ version: 'v1' });
      expect(await at.left()).toEqual(['thermo']);
    }));

  it('a plugin that is gone is removed', () =>
    asNobody(at.dir, async () => {
      const store = opened();
      const plugin = await store.commit(await store.stage(await at.sources('v1')));
      await unflushed(() => store.remove(plugin));
      expect(store.entryOf(plugin)).toBeUndefined();
      expect(await at.left()).toEqual([]);
    }));
});
