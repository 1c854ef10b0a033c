import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type LockEntry, LockFile } from '../../lib/install/lock-file.js';
import { tempFolder } from '../helpers/unique.js';

let path: string;
let drafts: string;
beforeEach(() => {
  const dir = join(tempFolder(), 'plugins');
  path = join(dir, 'rxport-lock.json');
  drafts = join(dir, '.staging');
});

const entry = (version: string, files: readonly (readonly [string, string])[] = [['main.py', 'abc']]): LockEntry => ({
  version,
  source: `/from/${version}.zip`,
  installedAt: '2026-01-02T03:04:05.000Z',
  files: new Map(files),
});

const again = (): Promise<LockFile> => LockFile.read(path, drafts);

describe('the lock file', () => {
  it('knows nothing where there is none, and makes none by that', async () => {
    const lock = await again();
    expect(lock.names).toEqual([]);
    await lock.drop('thermo');
    await expect(again()).resolves.toBeDefined();
    expect(() => statSync(path)).toThrow('ENOENT');
  });

  it('is for people to read', async () => {
    const lock = await again();
    await lock.settle('thermo', { ...entry('v1'), sha256: 'f00' });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      format: 1,
      plugins: [
        {
          name: 'thermo',
          current: {
            version: 'v1',
            source: '/from/v1.zip',
            installedAt: '2026-01-02T03:04:05.000Z',
            sha256: 'f00',
            files: { 'main.py': 'abc' },
          },
        },
      ],
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('holds two versions while one takes the place of the other', async () => {
    const lock = await again();
    await lock.settle('thermo', entry('v1'));
    await lock.announce('thermo', entry('v2'));
    expect((await again()).candidates('thermo').map(({ version }) => version)).toEqual(['v1', 'v2']);
    expect(lock.current('thermo')?.version).toBe('v1');
    await lock.settle('thermo');
    expect((await again()).candidates('thermo')).toEqual([entry('v2')]);
    await lock.announce('thermo', entry('v3'));
    await lock.withdraw('thermo');
    expect((await again()).candidates('thermo')).toEqual([entry('v2')]);
  });

  it('forgets a plugin that never came, and one that has gone', async () => {
    const lock = await again();
    await lock.announce('thermo', entry('v1'));
    await lock.withdraw('thermo');
    expect((await again()).names).toEqual([]);
    await lock.settle('thermo', entry('v1'));
    await lock.drop('thermo');
    expect((await again()).names).toEqual([]);
  });

  it('is whole after many changes at once, and leaves no drafts', async () => {
    const lock = await again();
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`);
    await Promise.all(names.map((name) => lock.settle(name, entry(name))));
    expect((await again()).names).toEqual(names);
    expect(readdirSync(join(path, '..'), { recursive: true })).toEqual(['.staging', 'rxport-lock.json']);
  });

  it('goes on after a change that could not be written', async () => {
    const lock = await again();
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'in the way'), '');
    await expect(lock.settle('thermo', entry('v1'))).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
    await rm(path, { recursive: true });
    await lock.settle('other', entry('v1'));
    expect((await again()).names).toContain('other');
  });

  it('takes any name of a plugin or a file', async () => {
    const name = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString'), fc.string());
    const files = fc.uniqueArray(fc.tuple(name, fc.string()), { selector: ([file]) => file });
    await fc.assert(
      fc.asyncProperty(name, files, async (plugin, print) => {
        const lock = new LockFile(path, drafts);
        await lock.settle(plugin, entry('v1', print));
        const found = (await again()).candidates(plugin)[0];
        expect(new Map(found?.files)).toEqual(new Map(print));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['no JSON', '{'],
    ['another format', '{"format":2,"plugins":[]}'],
    ['no list', '{"format":1,"plugins":{}}'],
    ['an entry without a name', '{"format":1,"plugins":[{}]}'],
    ['an entry without files', '{"format":1,"plugins":[{"name":"a","current":{"version":"1"}}]}'],
    ['an empty file', ''],
  ])('ERR_CONFIG_INVALID: %s', async (_, text) => {
    await mkdir(join(path, '..'));
    await writeFile(path, text);
    await expect(again()).rejects.toMatchObject({
      code: 'ERR_CONFIG_INVALID',
      message: expect.stringContaining('delete it to take the plugins as they are'),
    });
  });
});
