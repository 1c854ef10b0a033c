import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameIn, nameOf, uriOf } from '../../lib/cli/plugin-source.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';
import { makeZip } from '../helpers/zip.js';

describe('the name of a plugin', () => {
  it.each([
    ['the only manifest', 'thermo-2.zip', ['thermo.json', 'main.py'], 'thermo'],
    ['the one that the file begins with', 'thermo-2.zip', ['package.json', 'thermo.json'], 'thermo'],
    ['the longer of two', 'thermo-pro.zip', ['thermo.json', 'thermo-pro.json'], 'thermo-pro'],
  ])('is that of %s', (_, file, files, name) => {
    expect(nameIn(file, files)).toBe(name);
  });

  it.each([
    ['no manifest', ['main.py'], 'no manifest'],
    ['several', ['a.json', 'b.json'], 'a, b could all be its name'],
  ])('is asked for where there is %s', (_, files, text) => {
    expect(() => nameIn('thermo.zip', files)).toThrow(text);
    expect(() => nameIn('thermo.zip', files)).toThrow('--name');
  });

  it.each([
    ['in its root', ['thermo.json', 'a/b.json']],
    ['wrapped in one folder', ['x/thermo.json', 'x/a/b.json', '__MACOSX/x/._thermo.json']],
  ])('is read from a zip, %s', async (_, names) => {
    const file = join(tempFolder(), 'some.zip');
    writeFileSync(file, makeZip(names.map((name) => ({ name, data: '{}' }))));
    expect(await nameOf(file)).toBe('thermo');
  });

  it('is read from a folder', async () => {
    const manifest = JSON.stringify({ language: 'node', executable: 'main.mjs' });
    expect(await nameOf(await writeTree(tempFolder(), { 'thermo.json': manifest }))).toBe('thermo');
  });

  it('is that of the file behind an address', async () => {
    expect(await nameOf('https://example.com/plugins/thermo.zip?x=1')).toBe('thermo');
  });

  it('is refused of what is not there, and of what is no zip', async () => {
    const file = join(tempFolder(), 'a.zip');
    await expect(nameOf(file)).rejects.toMatchObject({ code: 'ERR_INSTALL_NOT_FOUND' });
    writeFileSync(file, 'no zip');
    await expect(nameOf(file)).rejects.toMatchObject({ code: 'ERR_ZIP_INVALID' });
  });
});

describe('the address of a source', () => {
  it('is absolute for a path, with what an address may not hold', () => {
    expect(uriOf('/a b/thermo#1.zip')).toBe('file:///a%20b/thermo%231.zip');
    expect(uriOf('thermo.zip')).toBe(`file://${process.cwd()}/thermo.zip`);
  });

  it('stays what it is for an address', () => {
    expect(uriOf('https://example.com/thermo.zip')).toBe('https://example.com/thermo.zip');
  });
});
