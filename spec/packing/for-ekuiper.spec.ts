import { describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '../../lib/install/manifest.js';
import { forEkuiper } from '../../lib/packing/for-ekuiper.js';
import { pack } from '../../lib/packing/pack.js';
import { scaffold, type ScaffoldLanguage } from '../../lib/packing/scaffold.js';
import { entriesOf, packInto, textIn, thermo } from '../helpers/packed.js';
import { describeWith, root } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

/** What becomes of a plugin with this manifest and these files. */
function layout(fields: object, ...paths: string[]) {
  const raw = { version: 'v1', language: 'go', executable: 'main', functions: ['f'], ...fields };
  return forEkuiper(raw, parseManifest(raw, 'thermo.json'), new Set(paths));
}

describe('the manifest for a stock eKuiper', () => {
  it.each([
    ['a Node plugin is a program', { language: 'node' }, { language: 'go' }],
    ['so is one by its other names', { language: 'typescript' }, { language: 'go' }],
    ['and any executable', { language: 'executable' }, { language: 'go' }],
    ['Python stays', { language: 'python' }, { language: 'python' }],
    ['conda stays', { virtualEnvType: 'conda', env: 'e' }, { virtualEnvType: 'conda', env: 'e' }],
    ['the executable is the name of an entry', { executable: './bin//main' }, { executable: 'bin/main' }],
    ['what it does not know stays', { vendor: 'x', replicas: 2 }, { vendor: 'x', replicas: 2 }],
  ])('%s', (_, fields, expected) => {
    expect(layout(fields).manifest).toMatchObject(expected);
  });

  it('has no environment that eKuiper would refuse', () => {
    expect(layout({ virtualEnvType: 'venv', env: 'x' }).manifest).toEqual({
      version: 'v1',
      language: 'go',
      executable: 'main',
      functions: ['f'],
    });
  });
});

describe('the notes', () => {
  it.each([
    ['nothing', {}, [], []],
    ['node', { language: 'node' }, [], ['needs node on the PATH']],
    ['an environment', { virtualEnvType: 'uv' }, [], ['"uv" is left out']],
    ['replicas', { replicas: 2 }, [], ['replicas mean nothing']],
    ['settings that are made', { sources: ['s'] }, [], ['sources/s.yaml was missing']],
    ['settings that are there', { sources: ['s'] }, ['sources/s.yaml', 'sources/s.json'], []],
    ['a source of its own', { sources: ['mqtt'] }, ['sources/mqtt.yaml'], ["mqtt is eKuiper's own"]],
    ['a sink of its own', { sinks: ['file'] }, [], ["file is eKuiper's own"]],
    ['a function that SQL can not name', { functions: ['a-b'] }, [], ['a-b is no name in SQL']],
    ['files of nobody', {}, ['functions/g.json', 'sinks/y.txt'], ['functions/g.json belongs to no']],
  ])('tell of %s', (_, fields, paths, expected) => {
    expect(layout(fields, ...paths).notes).toEqual(expected.map((text) => expect.stringContaining(text)));
  });
});

it('the notes tell of settings that its streams have as well, in either file of a source', async () => {
  const dir = join(tempFolder(), 'thermo');
  mkdirSync(dir);
  await writeTree(dir, {
    'thermo.json': JSON.stringify({ version: 'v1', language: 'python', executable: 'm.py', sources: ['s', 't', 'u'] }),
    'm.py': '',
    'sources/s.yaml': 'default:\n  # none\nslow:\n  delimiter: ","\nfast:\n  every: 1\n  format: csv\n',
    'sources/t.yaml': 'default: {}\n',
    'sources/t.json': JSON.stringify({ properties: { default: [{ name: 'timestamp' }, { name: 'every' }] } }),
    'sources/u.yaml': ': no\nYAML: [',
    'sources/u.json': '[]',
  });
  const { notes } = await pack({ folder: dir, out: tempFolder(), forEkuiper: true });
  expect(notes).toEqual([
    "sources/s: eKuiper's streams set format, delimiter themselves: give these settings other names",
    "sources/t: eKuiper's streams set timestamp themselves: give these settings other names",
  ]);
});

it.each(['mirror', 'replay', 'stats', 'telemetry'])('the bundled plugin %s has no such settings', async (name) => {
  const { notes } = await pack({ folder: `${root}plugins/${name}`, out: tempFolder(), forEkuiper: true });
  expect(notes.filter((note) => note.includes('streams'))).toEqual([]);
});

describe('the zip', () => {
  it('has each folder before its files, settings for each source, and a program that starts itself', async () => {
    const dir = join(tempFolder(), 'thermo');
    mkdirSync(dir);
    await writeTree(dir, {
      'thermo.json': JSON.stringify({
        version: 'v1',
        language: 'node',
        executable: 'bin/main.mjs',
        sources: ['s', 't'],
      }),
      'bin/main.mjs': 'start();\n',
      'bin/deep/er.txt': '',
      'sources/s.yaml': 'default:\n  a: 1\n',
    });
    const { file, notes, files } = await pack({ folder: dir, out: tempFolder(), forEkuiper: true });
    expect(await entriesOf(file)).toEqual([
      '40755 bin/',
      '40755 bin/deep/',
      '100644 bin/deep/er.txt',
      '100755 bin/main.mjs',
      '40755 sources/',
      '100644 sources/s.yaml',
      '100644 sources/t.yaml',
      '100644 thermo.json',
    ]);
    expect(files).toBe(5);
    expect(notes).toHaveLength(2);
    expect(await textIn(file, 'bin/main.mjs')).toBe('#!/usr/bin/env node\nstart();\n');
    expect(await textIn(file, 'sources/t.yaml')).toBe('default: {}\n');
    expect(JSON.parse(await textIn(file, 'thermo.json'))).toEqual({
      version: 'v1',
      language: 'go',
      executable: 'bin/main.mjs',
      sources: ['s', 't'],
    });
  });
});

describe('the rules of a stock eKuiper', () => {
  const packed = async (lang: ScaffoldLanguage): Promise<readonly string[]> => {
    const { dir } = await scaffold({ name: 'thermo', lang, into: tempFolder() });
    return entriesOf((await packInto(dir, tempFolder(), { forEkuiper: true })).file);
  };

  it.each(['ts', 'python'] as const)('find nothing in a scaffold in %s', async (lang) => {
    expect(await packed(lang)).toContain('100644 thermo.json');
  });

  describeWith('go', 'with Go', () => {
    it('find nothing in a scaffold in go', async () => {
      expect(await packed('go')).toContain('100755 main');
    }, 60_000);
  });

  it('refuse files that the program would not find, and leave no zip', async () => {
    const folder = await thermo.folder({ ...thermo.python, 'functions/table.csv': '1' });
    const out = tempFolder();
    await expect(packInto(folder, out, { forEkuiper: true })).rejects.toMatchObject({
      code: 'ERR_PACK_STOCK',
      message: expect.stringContaining('functions/table.csv is put into a folder that all plugins share'),
    });
    expect(readdirSync(out)).toEqual([]);
    expect((await packInto(folder, out)).file).toBe(join(out, 'thermo.zip'));
  });
});
