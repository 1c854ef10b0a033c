import { beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { placeVersion, tidyVersions } from '../../lib/install/install.js';
import { writeTree } from '../helpers/tree.js';
import { isLink, VersionFolders } from '../helpers/version-folders.js';

let at: VersionFolders;
beforeEach(() => {
  at = new VersionFolders();
});

describe('a host that died in an update finds', () => {
  const link = (): string => join(at.folders.portables, '.thermo.link-0123456789ab');

  it('the old version, when the new one was only kept', async () => {
    await at.install();
    await at.keep('v2');
    expect(await at.restart()).toBe('v1');
    expect(await at.left()).toEqual(['thermo']);
  });

  it('the old version, when the new link was not in its place yet', async () => {
    await at.install();
    const next = await at.keep('v2');
    await symlink(`../.versions/${basename(next.dir)}`, link());
    expect(await at.restart()).toBe('v1');
    expect(await at.left()).toEqual(['thermo']);
  });

  it('the old version, when its folder was only marked to go', async () => {
    await at.install();
    const next = await at.keep('v2');
    await writeFile(`${next.dir}.home`, 'portables');
    expect(await at.restart()).toBe('v1');
    expect(await at.left()).toEqual(['thermo']);
  });

  it('the new version, when the folder of the old one had gone and the link had not come', async () => {
    const { dir: old } = await at.install();
    const next = await at.keep('v2');
    await symlink(`../.versions/${basename(next.dir)}`, link());
    await writeFile(`${next.dir}.home`, 'portables\nthermo@0123456789ab');
    await rename(old, join(at.folders.versions, 'thermo@0123456789ab'));
    expect(await at.restart()).toBe('v2');
    expect(isLink(at.home)).toBe(true);
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it('the new version, also when the data folder has moved since', async () => {
    const { dir: old } = await at.install();
    const next = await at.keep('v2');
    await writeFile(`${next.dir}.home`, 'portables');
    await rename(old, join(at.dir, 'gone'));
    await rename(join(at.dir, 'data'), join(at.dir, 'moved'));
    at.use('moved');
    expect(await at.restart()).toBe('v2');
  });

  it('the new version, when its mark was still there', async () => {
    await at.install();
    const next = await at.update('v2');
    await writeFile(`${next.dir}.home`, 'portables');
    expect(await at.restart()).toBe('v2');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it('the new version, when the one before it had not been dropped', async () => {
    await at.install();
    await at.update('v2');
    await placeVersion(await at.keep('v3'));
    expect(await at.restart()).toBe('v3');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it('each plugin in its own version', async () => {
    await at.install();
    await at.update('v2');
    await writeTree(at.folders.portables, { 'other/other.json': '{}' });
    await symlink('/nowhere', join(at.folders.portables, 'gone'));
    expect(await at.restart()).toBe('v2');
    expect((await at.left()).toSorted()).toEqual(['gone', 'other', 'thermo', 'thermo@']);
  });

  it.each([
    ['is empty', ''],
    ['is full of zeros', '\0'.repeat(32)],
  ])('the new version, when power was cut and its mark %s', async (_, mark) => {
    const { dir: old } = await at.install();
    const next = await at.keep('v2');
    await writeFile(`${next.dir}.home`, mark);
    await rename(old, join(at.folders.versions, 'thermo@0123456789ab'));
    expect(await at.restart()).toBe('v2');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it('the old version, when power was cut and the new one had been taken back', async () => {
    const { dir: old } = await at.install();
    const next = await at.keep('v2');
    await writeFile(`${next.dir}.home`, '');
    await rename(next.dir, join(at.dir, 'gone'));
    await rename(old, join(at.folders.versions, 'thermo@0123456789ab'));
    expect(await at.restart()).toBe('v1');
  });

  it('the new version in the data folder of an eKuiper, when power was cut', async () => {
    await mkdir(at.folders.portable, { recursive: true });
    const next = await at.keep('v2');
    await writeFile(`${next.dir}.home`, '');
    at.home = join(at.folders.portable, 'thermo');
    expect(await at.restart()).toBe('v2');
  });

  it('the plugin where eKuiper has it, whatever an empty mark says', async () => {
    at.home = join(at.folders.portable, 'thermo');
    await mkdir(at.folders.portable, { recursive: true });
    await rename((await at.install()).dir, at.home);
    const next = await at.keep('v2');
    await writeFile(`${next.dir}.home`, '');
    expect(await at.restart()).toBe('v1');
    expect(await at.left()).toEqual(['thermo']);
  });

  it('the new version where plugins are, when a mark names a place that is none', async () => {
    const next = await at.keep('v2');
    await writeFile(`${next.dir}.home`, '../../..');
    await mkdir(at.folders.portables, { recursive: true });
    await tidyVersions(at.folders);
    expect(await readdir(at.dir)).not.toContain('thermo');
    expect(await at.left()).toEqual(['thermo', 'thermo@']);
  });

  it('no plugin where a mark names a version that is none', async () => {
    const { dir } = await at.keep('v2');
    await writeFile(`${dir}.home`, 'portables\n../../..');
    await rename(dir, join(at.dir, 'gone'));
    await mkdir(at.folders.portables, { recursive: true });
    await tidyVersions(at.folders);
    expect(await at.left()).toEqual([]);
  });

  it('nothing to do in a new data folder', async () => {
    await expect(tidyVersions(at.folders)).resolves.toBeUndefined();
    expect(await readdir(at.dir)).toEqual([]);
  });
});
