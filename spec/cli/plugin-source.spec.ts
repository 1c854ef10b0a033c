import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nameIn, nameOf, pathOf, uriOf } from '../../lib/cli/plugin-source.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';
import { makeZip } from '../helpers/zip.js';

describe('the name of a plugin', () => {
  const files = (manifests: readonly string[], others: readonly string[] = []) =>
    [...manifests, ...others].map((name) => ({ name, isManifest: manifests.includes(name) }));

  it.each([
    ['the only manifest', files(['thermo.json'], ['a.json', 'package.json']), 'thermo'],
    ['the one that is named as the file', files(['a.json', 'release.json', 'z.json']), 'release'],
    ['the one that is named as the folder around all', files(['a.json', 'inner.json']), 'inner'],
    ['the only JSON file, whatever it says', files([], ['thermo.json']), 'thermo'],
  ])('is that of %s', (_, found, name) => {
    expect(nameIn('/x/release.zip', found, 'inner')).toBe(name);
  });

  it.each([
    ['no manifest', [], 'no manifest'],
    ['several', files(['a.json', 'b.json'], ['c.json']), 'a, b could all be its name'],
    ['none that says what it is', files([], ['a.json', 'b.json']), 'a, b could all be its name'],
  ])('is asked for where there is %s', (_, found, text) => {
    expect(() => nameIn('release.zip', found)).toThrow(text);
    expect(() => nameIn('release.zip', found)).toThrow('--name');
  });

  it('is that of the manifest, in a zip that holds other JSON as well', async () => {
    const file = join(tempFolder(), 'release.zip');
    const manifest = '\uFEFF{"language":"python","executable":"main.py"}';
    writeFileSync(
      file,
      makeZip([
        { name: 'package.json', data: '{"name":"thermo"}' },
        { name: 'list.json', data: '["language","executable"]' },
        { name: 'broken.json', data: '{"language' },
        { name: 'thermo.json', data: manifest },
      ]),
    );
    expect(await nameOf(file)).toBe('thermo');
    expect(await nameOf(pathToFileURL(file).href)).toBe('thermo');
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

  it('is that of the file behind an address, which may be one of another machine', async () => {
    expect(await nameOf('https://example.com/plugins/thermo.zip?x=1')).toBe('thermo');
    expect(await nameOf('file:///not/here/thermo.zip')).toBe('thermo');
  });

  it('is refused of what is not there, and of what is no zip', async () => {
    const file = join(tempFolder(), 'a.zip');
    await expect(nameOf(file)).rejects.toMatchObject({ code: 'ERR_INSTALL_NOT_FOUND' });
    writeFileSync(file, 'no zip');
    await expect(nameOf(file)).rejects.toMatchObject({ code: 'ERR_ZIP_INVALID' });
  });
});

describe('the path of a source', () => {
  it('is that of a file: address, and else what was said', () => {
    expect(pathOf('file:///a%20b/thermo%231.zip')).toBe('/a b/thermo#1.zip');
    expect(pathOf('a%20b.zip')).toBe('a%20b.zip');
    expect(() => pathOf('file://elsewhere/a.zip')).toThrow(expect.objectContaining({ code: 'ERR_INSTALL_NOT_FOUND' }));
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
