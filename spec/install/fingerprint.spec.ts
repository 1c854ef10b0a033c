import { beforeEach, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compare, differs, fingerprint, hashFile, namesOf } from '../../lib/install/fingerprint.js';
import { openBelow } from '../helpers/open-below.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

let dir: string;
beforeEach(() => {
  dir = tempFolder();
});

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');
const none = { changed: [], missing: [], added: [] };

describe('hashFile', () => {
  it.each([0, 1, 256 * 1024, 256 * 1024 + 1, 3_000_000])('knows the SHA-256 of %d bytes', async (size) => {
    const content = randomBytes(size);
    await writeFile(join(dir, 'file'), content);
    expect(await hashFile(join(dir, 'file'))).toBe(sha256(content));
  });

  it('closes a file whose reading is given up, at whatever moment', async () => {
    const path = join(dir, 'file');
    await writeFile(path, randomBytes(3_000_000));
    let early = 0;
    for (let turn = 0; turn < 60; turn++) {
      const controller = new AbortController();
      const hashing = hashFile(path, controller.signal).catch((error: unknown) => error);
      for (let passed = 0; passed < turn % 20; passed++) await nextTurn();
      controller.abort(new Error('enough'));
      if (typeof (await hashing) !== 'string') early += 1;
    }
    expect(early).toBeGreaterThan(0);
    await until(() => openBelow(dir).length === 0, 'every file to be closed');
  });
});

describe('fingerprint', () => {
  it('names every file and link, and no folder', async () => {
    await writeTree(dir, { 'a.py': 'a', 'lib/deep/b.py': 'b', __proto__: 'p' });
    await mkdir(join(dir, 'empty'));
    await symlink('lib/deep', join(dir, 'short'));
    expect(new Map([...(await fingerprint(dir))].sort())).toEqual(
      new Map([
        ['a.py', sha256('a')],
        ['lib/deep/b.py', sha256('b')],
        ['short', 'link:lib/deep'],
      ]),
    );
  });

  it('does not read what never ends', async () => {
    execFileSync('mkfifo', [join(dir, 'pipe')]);
    expect([...(await fingerprint(dir))]).toEqual([['pipe', 'other']]);
  });

  it('stops when it is told to', async () => {
    await writeTree(dir, { a: '' });
    await expect(fingerprint(dir, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe('compare', () => {
  const files = { 'a.py': 'a', 'b.py': 'b', 'lib/c.py': 'c', 'lib/__pycache__/c.pyc': '1' };

  it.each([
    ['nothing', async () => undefined, none, none],
    [
      'another content',
      () => writeFile(join(dir, 'a.py'), 'A'),
      { ...none, changed: ['a.py'] },
      { ...none, changed: ['a.py'] },
    ],
    [
      'a file less',
      () => rm(join(dir, 'lib/c.py')),
      { ...none, missing: ['lib/c.py'] },
      { ...none, missing: ['lib/c.py'] },
    ],
    ['a file more', () => writeFile(join(dir, 'data.db'), ''), none, { ...none, added: ['data.db'] }],
    [
      'a cache',
      () => writeTree(dir, { 'lib/__pycache__/c.pyc': '2', '__pycache__/a.pyc': '1' }),
      none,
      { ...none, changed: ['lib/__pycache__/c.pyc'], added: ['__pycache__/a.pyc'] },
    ],
    [
      'a link in the place of a file',
      () => rm(join(dir, 'a.py')).then(() => symlink('b.py', join(dir, 'a.py'))),
      { ...none, changed: ['a.py'] },
      { ...none, changed: ['a.py'] },
    ],
    [
      'a folder in the place of a file',
      () => rm(join(dir, 'a.py')).then(() => writeTree(dir, { 'a.py/__init__.py': '' })),
      { ...none, changed: ['a.py'] },
      { ...none, changed: ['a.py'], added: ['a.py/__init__.py'] },
    ],
  ])('sees %s, and more of it when it is strict', async (_, change, loose, strict) => {
    await writeTree(dir, files);
    const before = await fingerprint(dir);
    await change();
    expect(await compare(before, dir, { strict: false })).toEqual(loose);
    expect(await compare(before, dir, { strict: true })).toEqual(strict);
  });

  it('says everything of a folder that is gone', async () => {
    await writeTree(dir, { 'p/a': '', 'p/b': '' });
    const before = await fingerprint(join(dir, 'p'));
    await rm(join(dir, 'p'), { recursive: true });
    const gone = await compare(before, join(dir, 'p'), { strict: false });
    expect(gone).toEqual({ ...none, missing: ['a', 'b'] });
    expect([differs(gone), namesOf(gone), differs(none)]).toEqual([true, ['a', 'b'], false]);
  });
});
