import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, manifest, packInto, textIn, thermo, timesIn } from '../helpers/packed.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

const { typescript, python } = thermo;

describe('a zip', () => {
  it('holds the bundle, with its first line and the bit to run it, and what is not its source', async () => {
    const dir = await thermo.folder({
      ...typescript,
      'functions/f.json': '{}',
      'data/table.csv': '1',
      'README.md': 'x',
      'package.json': '{}',
      'package-lock.json': '{}',
      'tsconfig.json': '{}',
      'spec/f.spec.ts': 'x',
      '.env': 'SECRET=1',
      '.git/config': 'x',
      'node_modules/a/index.js': 'x',
      'old.zip': 'x',
    });
    const out = tempFolder();
    const { file, files, bytes, sha256, notes } = await packInto(dir, out);
    expect(await entriesOf(file)).toEqual([
      '100644 README.md',
      '40755 data/',
      '100644 data/table.csv',
      '40755 functions/',
      '100644 functions/f.json',
      '100755 main.mjs',
      '100644 thermo.json',
    ]);
    expect({ file, files, bytes, notes }).toEqual({
      file: join(out, 'thermo.zip'),
      files: 5,
      bytes: readFileSync(file).length,
      notes: ['left out, since their names begin with a dot: .env'],
    });
    expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(sha256);
    expect(await textIn(file, 'main.mjs')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(await textIn(file, 'thermo.json')).toBe(typescript['thermo.json']);
    // 1980, whenever it was packed.
    expect(await timesIn(file)).toEqual([[33, 0]]);
    // Nothing is left beside it, and nothing is written into the folder.
    expect(readdirSync(out)).toEqual(['thermo.zip']);
    expect(existsSync(join(dir, 'main.mjs'))).toBe(false);
  });

  it('says which dotfiles it lacks, five at most, and nothing of those of git and below what is left out', async () => {
    const hidden = ['b/.x', '.e', '.c', '.d', '.a', '.f', 'node_modules/.bin/x', '.g/.h', '.gitignore'];
    const dir = await thermo.folder({ ...python, ...Object.fromEntries(hidden.map((path) => [path, ''])) });
    const { notes } = await packInto(dir);
    expect(notes).toEqual(['left out, since their names begin with a dot: .a, .c, .d, .e, .f and 2 more']);
  });

  it('is the same for the same files, whatever their times and their order on the disk', async () => {
    const dir = await thermo.folder({ ...typescript, 'b.txt': 'b', 'a/z.txt': 'z' });
    const first = await packInto(dir);
    const copy = join(tempFolder(), 'thermo');
    cpSync(dir, copy, { recursive: true });
    utimesSync(join(copy, 'b.txt'), 1, 1);
    const second = await packInto(copy);
    expect(readFileSync(second.file).equals(readFileSync(first.file))).toBe(true);
    await writeTree(dir, { 'b.txt': 'c' });
    expect((await packInto(dir)).sha256).not.toBe(first.sha256);
  });

  it('names the built file when the manifest names the source', async () => {
    const dir = await thermo.folder({ ...typescript, 'thermo.json': manifest('typescript', './main.ts') });
    const { file } = await packInto(dir);
    expect(JSON.parse(await textIn(file, 'thermo.json'))).toMatchObject({ executable: 'main.mjs', version: 'v1' });
    expect(await entriesOf(file)).toEqual(['100755 main.mjs', '100644 thermo.json']);
  });

  it('is named by out, and takes the place of the one before', async () => {
    const out = join(tempFolder(), 'release.zip');
    const dir = await thermo.folder(python);
    const before = await packInto(dir, out);
    await writeTree(dir, { 'main.py': 'print(2)\n' });
    const after = await packInto(dir, out);
    expect(after.file).toBe(before.file);
    expect(await textIn(out, 'main.py')).toBe('print(2)\n');
  });

  it('leaves out what Python and its author leave behind', async () => {
    const dir = await thermo.folder({
      ...python,
      'venv/pyvenv.cfg': '',
      'venv/bin/python': '',
      '__pycache__/main.pyc': '',
      'lib/__init__.py': '',
      'lib/test_a.py': '',
      'a_test.py': '',
      'tests/data.json': '',
      'latest.py': '',
      'install.sh': '#!/bin/sh\n',
    });
    chmodSync(join(dir, 'install.sh'), 0o755);
    const { file } = await packInto(dir);
    expect(await entriesOf(file)).toEqual([
      '100755 install.sh',
      '100644 latest.py',
      '40755 lib/',
      '100644 lib/__init__.py',
      '100644 main.py',
      '100644 thermo.json',
    ]);
  });

  it('has what a link in the folder leads to', async () => {
    const dir = await thermo.folder({ ...python, 'data/a.txt': 'a' });
    symlinkSync('data/a.txt', join(dir, 'b.txt'));
    const { file } = await packInto(dir);
    expect(await textIn(file, 'b.txt')).toBe('a');
  });

  it('of plain JavaScript is as it is, with a word on what it may miss', async () => {
    const dir = await thermo.folder({
      'thermo.json': manifest('node', 'main.mjs'),
      'main.mjs': '#!/usr/bin/env node\n1;\n',
      'lib/a.mjs': '1;',
      'node_modules/a/index.js': '',
    });
    const { file, notes } = await packInto(dir);
    expect(await entriesOf(file)).toEqual(['40755 lib/', '100644 lib/a.mjs', '100755 main.mjs', '100644 thermo.json']);
    expect(notes).toEqual([expect.stringContaining('node_modules is left out')]);
  });
});
