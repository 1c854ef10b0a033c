import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { findManifest } from '../../lib/install/find-manifest.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

const manifest = JSON.stringify({ language: 'python', executable: 'main.py' });

async function find(files: Record<string, string>, hint = 'thermo'): Promise<string> {
  const tree = await writeTree(tempFolder(), files);
  const { dir, name } = await findManifest(tree, hint, `${hint}.zip`);
  return join(dir === tree ? '' : dir.slice(tree.length + 1), name);
}

const problem = async (files: Record<string, string>): Promise<string> => {
  const error: unknown = await find(files).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_MANIFEST_MISSING' });
  return (error as Error).message;
};

describe('findManifest', () => {
  it.each([
    ['the one file with both keys', { 'thermo.json': manifest, 'package.json': '{}' }, 'thermo'],
    ['whatever the zip is called', { 'celsius.json': manifest }, 'celsius'],
    ['the one named like the zip', { 'a.json': manifest, 'thermo.json': manifest }, 'thermo'],
    ['in the one folder that wraps all', { 'thermo-main/thermo.json': manifest }, 'thermo-main/thermo'],
    ['named like that folder', { 'top/top.json': manifest, 'top/a.json': manifest }, 'top/top'],
    ['beside what macOS packs', { 'top/thermo.json': manifest, '__MACOSX/top/._thermo.json': '' }, 'top/thermo'],
    ['in the root before a folder', { 'thermo.json': manifest, 'sources/random.json': manifest }, 'thermo'],
    ['with a byte order mark', { 'thermo.json': `\uFEFF${manifest}` }, 'thermo'],
    ['broken, when nothing else is there', { 'thermo.json': '{', 'sources/a.yaml': '' }, 'thermo'],
    ['with one key, when no other has two', { 'thermo.json': '{"executable":"x"}', 'b.json': '[]' }, 'thermo'],
    [
      'wrapped before half of one in the root',
      { 'top/thermo.json': manifest, 'top/tsconfig.json': '{//' },
      'top/thermo',
    ],
  ])('takes the manifest %s', async (_, files: Record<string, string>, expected) => {
    expect(await find(files)).toBe(expected);
  });

  it('says what it found and what it expected', async () => {
    expect(await problem({ 'thermo/thermo.json': manifest, 'README.md': '' })).toBe(
      'thermo.zip has no manifest: found thermo/thermo.json, expected thermo.json in the root, with "language" and ' +
        '"executable" (the root holds README.md, thermo/): take the folder thermo alone, or put what is in it in the root',
    );
  });

  it('says so when there is no JSON, or nothing', async () => {
    expect(await problem({ 'main.py': '' })).toContain('found no .json file, expected thermo.json in the root');
    expect(await problem({})).toContain('the root holds nothing');
  });

  it('does not list everything', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`d${index}/f.json`, '{}']));
    // 100 folders are looked into, the root among them; eight files are named.
    expect(await problem(files)).toMatch(/found (d\d+\/f\.json, ){7}d\d+\/f\.json and 91 more, expected/);
  });

  it('does not guess between two', async () => {
    expect(await problem({ 'a.json': manifest, 'b.json': manifest })).toBe(
      'thermo.zip has no manifest: a.json, b.json could all be it: keep one in the root, or name thermo.zip like it',
    );
  });

  it('does not read data for a manifest', async () => {
    const data = `{"language":"go","executable":"x","rows":"${'x'.repeat(1024 * 1024)}"}`;
    expect(await problem({ 'thermo.json': data })).toContain('expected thermo.json');
  });

  it.each([
    [
      'that it lies deeper',
      { 'a.txt': '', 'thermo/thermo.json': manifest },
      /: take the folder thermo alone, or put what is in it in the root$/,
    ],
    [
      'nothing of packages',
      { 'node_modules/a/package.json': '{}', 'b.txt': '' },
      /^(?!.*package\.json).*found no \.json file/,
    ],
    [
      'no folder of several',
      { 'a.txt': '', 'b/b.json': manifest, 'c/c.json': manifest },
      /: put the plugin's files in the root$/,
    ],
  ])('says %s', async (_, files: Record<string, string>, expected) => {
    expect(await problem(files)).toMatch(expected);
  });
});
