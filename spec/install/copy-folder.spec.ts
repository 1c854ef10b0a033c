import { beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readFile, readlink, rename, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { copyFolder, isInside } from '../../lib/install/copy-folder.js';
import { pathsIn, writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

let dir: string;
let source: string;
let target: string;
beforeEach(async () => {
  dir = tempFolder();
  source = await writeTree(join(dir, 'source'), {
    'main.py': 'main',
    'bin/run': { content: '#!/bin/sh', mode: 0o755 },
    'node_modules/a/index.js': 'a',
    '.hidden': 'h',
  });
  target = join(dir, 'target');
});

describe('copyFolder', () => {
  it('copies all there is, with its modes', async () => {
    await copyFolder(source, target);
    expect(await pathsIn(target)).toEqual(await pathsIn(source));
    expect(await readFile(join(target, 'node_modules/a/index.js'), 'utf8')).toBe('a');
    expect((await stat(join(target, 'bin/run'))).mode & 0o100).toBe(0o100);
    expect((await stat(join(target, 'main.py'))).mode & 0o100).toBe(0);
  });

  it('keeps links that stay inside, and they lead into the copy', async () => {
    await symlink(join(source, 'main.py'), join(source, 'bin/absolute'));
    await symlink('../node_modules/a', join(source, 'bin/folder'));
    await symlink('.', join(source, 'self'));
    await copyFolder(source, target);
    await rename(source, join(dir, 'elsewhere'));
    expect(await readlink(join(target, 'bin/absolute'))).toBe('../main.py');
    expect(await readFile(join(target, 'bin/folder/index.js'), 'utf8')).toBe('a');
    expect(await readFile(join(target, 'self/self/main.py'), 'utf8')).toBe('main');
  });

  it('copies a folder that is named by a link', async () => {
    await symlink(source, join(dir, 'link'));
    await copyFolder(join(dir, 'link'), target);
    expect(await pathsIn(target)).toEqual(await pathsIn(source));
  });

  it.each([
    ['leaves the folder', '/etc/hostname', 'a link that leaves the folder (to /etc/hostname): put a copy in its place'],
    ['leaves it to a folder with the same beginning', '../source-2', 'a link that leaves the folder'],
    ['points to nothing', 'nothing', 'a link that points to nothing: remove it'],
    ['points to itself', 'link', 'a link that points to nothing: remove it'],
  ])('ERR_ZIP_PATH: a link that %s', async (_, to, problem) => {
    await writeTree(join(dir, 'source-2'), { x: '' });
    await symlink(to, join(source, 'link'));
    await expect(copyFolder(source, target)).rejects.toMatchObject({
      code: 'ERR_ZIP_PATH',
      message: expect.stringContaining(`${source} holds "link", ${problem}`),
    });
  });

  it('ERR_ZIP_PATH: a pipe, which would be read for ever', async () => {
    execFileSync('mkfifo', [join(source, 'bin/pipe')]);
    await expect(copyFolder(source, target)).rejects.toMatchObject({
      code: 'ERR_ZIP_PATH',
      message: expect.stringContaining('holds "bin/pipe", a device, socket or pipe'),
    });
  });

  it('stops when it is told to', async () => {
    await expect(copyFolder(source, target, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

it.each([
  ['/a', '/a', true],
  ['/a', '/a/b', true],
  ['/a', '/a/..b', true],
  ['/a', '/ab', false],
  ['/a', '/', false],
  ['/a/b', '/a/c', false],
])('isInside(%j, %j) is %j', (root, path, expected) => {
  expect(isInside(root, path)).toBe(expected);
});
