import { beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, rename, symlink } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import {
  dropVersion,
  type InstalledPlugin,
  load,
  placeVersion,
  remove,
  tidyVersions,
} from '../../lib/install/install.js';
import { pathsIn } from '../helpers/tree.js';
import { isLink, VersionFolders } from '../helpers/version-folders.js';

/** Renames that end like this, one after the other. */
const moves = (outcomes: readonly (Error | undefined)[]): typeof rename => {
  const left = [...outcomes];
  return async (from, to) => {
    const error = left.shift();
    if (error !== undefined) throw error;
    await rename(from, to);
  };
};
const denied = new Error('EACCES: permission denied');

let at: VersionFolders;
beforeEach(() => {
  at = new VersionFolders();
});

describe('a version that is kept', () => {
  it('has a folder of its own and can be started there, while its home is as it was', async () => {
    const { executable } = await at.install();
    const next = await at.keep('v2');
    expect(next).toMatchObject({ name: 'thermo', home: at.home, manifest: { version: 'v2' } });
    expect(readFileSync(next.executable, 'utf8')).toBe('print("v2")');
    expect(readFileSync(executable, 'utf8')).toBe('print("v1")');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it('is dropped without a trace', async () => {
    await at.install();
    await dropVersion(await at.keep('v2'), at.folders);
    expect(await at.left()).toEqual(['thermo']);
  });

  it('can be kept twice', async () => {
    const [one, two] = [await at.keep('v2'), await at.keep('v2')];
    expect(one.dir).not.toBe(two.dir);
    expect([existsSync(one.executable), existsSync(two.executable)]).toEqual([true, true]);
  });
});

describe('a version that is placed', () => {
  it('takes the place of a folder', async () => {
    await at.install();
    const next = await at.update('v2');
    expect(isLink(at.home)).toBe(true);
    expect(await load(at.home)).toEqual(next);
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it('takes the place of another version, whose folder goes', async () => {
    await at.install();
    const second = await at.update('v2');
    const third = await at.update('v3');
    expect(await load(at.home)).toEqual(third);
    expect([existsSync(second.dir), existsSync(third.dir)]).toEqual([false, true]);
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it("takes the place of a developer's link, and leaves what that led to", async () => {
    const work = await at.sources('dev');
    await mkdir(at.folders.portables, { recursive: true });
    await symlink(work, at.home);
    await at.update('v2');
    expect(await at.restart()).toBe('v2');
    expect(await pathsIn(work)).toEqual(['main.py', 'thermo.json']);
  });

  it('takes the place of a home that is gone', async () => {
    await mkdir(at.folders.portables, { recursive: true });
    await placeVersion(await at.keep('v2'));
    expect(await at.restart()).toBe('v2');
  });

  it('stays where an eKuiper has its plugins', async () => {
    at.home = join(at.folders.portable, 'thermo');
    await mkdir(at.folders.portable, { recursive: true });
    await rename((await at.install()).dir, at.home);
    await at.update('v2');
    expect(await at.restart()).toBe('v2');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it.each([
    ['the old one can not be moved', [denied]],
    ['it can not be moved there', [undefined, denied]],
  ])('leaves the old one there when %s', async (_, outcomes) => {
    await at.install();
    const next = await at.keep('v2');
    await expect(placeVersion(next, moves(outcomes))).rejects.toBe(denied);
    await dropVersion(next, at.folders);
    expect((await load(at.home)).manifest.version).toBe('v1');
    expect(await at.left()).toEqual(['thermo']);
    expect(await at.restart()).toBe('v1');
  });

  it('is loaded from its real folder, and still is when the link leads elsewhere', async () => {
    await at.install();
    await at.update('v2');
    const loaded = await load(at.home);
    const root = at.folders.versions;
    expect([loaded.dir, loaded.executable, loaded.home]).toEqual([
      expect.stringContaining(root),
      expect.stringContaining(root),
      at.home,
    ]);
    await placeVersion(await at.keep('v3'));
    expect(readFileSync(loaded.executable, 'utf8')).toBe('print("v2")');
  });

  it('is found when the data folder has moved', async () => {
    await at.install();
    await at.update('v2');
    expect(isAbsolute(readlinkSync(at.home))).toBe(false);
    await rename(join(at.dir, 'data'), join(at.dir, 'moved'));
    at.use('moved');
    expect(await at.restart()).toBe('v2');
    expect((await load(at.home)).dir).toContain(join(at.dir, 'moved'));
  });

  it('is found, replaced and removed in a data folder behind a link', async () => {
    await mkdir(join(at.dir, 'disk'));
    await symlink(join(at.dir, 'disk'), join(at.dir, 'link'));
    at.use('link/data');
    await at.install();
    await at.update('v2');
    await at.update('v3');
    expect(await at.restart()).toBe('v3');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
    await remove(await load(at.home), at.folders);
    expect(await at.left()).toEqual([]);
  });
});

describe('a version that is placed, and then nothing can be moved', () => {
  let old: InstalledPlugin;
  beforeEach(async () => {
    old = await at.install();
  });
  const broken = new Error('EIO: i/o error');

  /** An update that has failed half-way. */
  async function misplaced() {
    const next = await at.keep('v2');
    const placed = placeVersion(next, moves([undefined, denied, broken]));
    await expect(placed).rejects.toMatchObject({
      code: 'ERR_PLUGIN_MISPLACED',
      message: expect.stringMatching(/EACCES: permission denied; and then EIO: i\/o error/),
      cause: denied,
    });
    expect(existsSync(at.home)).toBe(false);
    return next;
  }

  it('leaves the old one for the next start of a host', async () => {
    const next = await misplaced();
    await dropVersion(next, at.folders);
    expect(await at.restart()).toBe('v1');
    expect(readFileSync(join(at.home, 'main.py'), 'utf8')).toBe('print("v1")');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it('is itself what a host finds that starts before it was dropped', async () => {
    await misplaced();
    expect(await at.restart()).toBe('v2');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it('leaves all there when that host can not move anything either', async () => {
    await dropVersion(await misplaced(), at.folders);
    await rename(at.folders.portables, join(at.dir, 'gone'));
    await tidyVersions(at.folders);
    await rename(join(at.dir, 'gone'), at.folders.portables);
    expect(await at.restart()).toBe('v1');
  });

  it('goes with the plugin', async () => {
    await dropVersion(await misplaced(), at.folders);
    await remove(old, at.folders);
    expect(await at.left()).toEqual([]);
  });

  it('does not come back when the plugin is updated again', async () => {
    await dropVersion(await misplaced(), at.folders);
    const third = await at.keep('v3');
    await placeVersion(third);
    expect(await at.restart()).toBe('v3');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });
});

describe('removing a plugin that was updated', () => {
  it('deletes its link and its version', async () => {
    await at.install();
    await at.update('v2');
    await remove(await load(at.home), at.folders);
    expect(await at.left()).toEqual([]);
  });

  it('deletes the version when the link is gone already', async () => {
    await at.install();
    const next = await at.update('v2');
    await rename(at.home, join(at.dir, 'elsewhere'));
    await remove(next, at.folders);
    expect(await at.left()).toEqual([]);
  });
});
