import { describe, expect, it } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '../../lib/install/manifest.js';
import { forEkuiper } from '../../lib/packing/for-ekuiper.js';
import { pack } from '../../lib/packing/pack.js';
import { entriesOf, textIn } from '../helpers/packed.js';
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
    ['files of nobody', {}, ['functions/g.json', 'sinks/x/y.txt'], ['functions/g.json belongs to no', 'sinks/x/y.txt']],
  ])('tell of %s', (_, fields, paths, expected) => {
    expect(layout(fields, ...paths).notes).toEqual(expected.map((text) => expect.stringContaining(text)));
  });
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
