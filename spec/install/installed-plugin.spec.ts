import { beforeEach, describe, expect, it } from '@jest/globals';
import { symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { load } from '../../lib/install/installed-plugin.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

let folder: string;
beforeEach(() => {
  folder = join(tempFolder(), 'thermo');
});

const make = (language: string, mode: number, executable = 'mirror'): Promise<string> =>
  writeTree(folder, {
    'thermo.json': JSON.stringify({ language, executable, sinks: ['file'] }),
    mirror: { content: '#!/bin/sh', mode },
    'main.ts': 'start()',
    'bin/x': '',
  });

const refusal = async (promise: Promise<unknown>): Promise<string> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'ERR_PLUGIN_EXECUTABLE' });
  return (error as Error).message;
};

describe('load', () => {
  it('needs no file for a symbol: stock hosts ask for sources/<symbol>.yaml', async () => {
    expect(await load(await make('go', 0o755))).toEqual({
      name: 'thermo',
      manifest: { version: '', language: 'go', executable: 'mirror', sources: [], sinks: ['file'], functions: [] },
      dir: folder,
      home: folder,
      executable: join(folder, 'mirror'),
    });
  });

  it('makes the paths absolute', async () => {
    await make('go', 0o755);
    const plugin = await load(relative(process.cwd(), folder));
    expect(plugin).toMatchObject({ dir: folder, executable: join(folder, 'mirror') });
  });

  it('says that the manifest must be named like the folder', async () => {
    await writeTree(folder, { 'other.json': '{}' });
    await expect(load(folder)).rejects.toMatchObject({
      code: 'ERR_MANIFEST_MISSING',
      message: expect.stringMatching(/cannot read thermo\.json .*its name must be the folder's/),
    });
  });

  it('ERR_NAME_INVALID: a folder whose name is none', async () => {
    await expect(load(join(folder, 'a b'))).rejects.toMatchObject({ code: 'ERR_NAME_INVALID' });
  });
});

describe('the executable', () => {
  it.each(['go', 'executable'])('must be one (%s)', async (language) => {
    await expect(load(await make(language, 0o755))).resolves.toBeDefined();
    expect(await refusal(load(await make(language, 0o644)))).toBe(
      'plugin thermo: executable mirror may not be executed: chmod +x it and pack again (zips made on Windows lose the bit)',
    );
  });

  it.each(['python', 'node', 'javascript'])('is read by an interpreter (%s)', async (language) => {
    await expect(load(await make(language, 0o644))).resolves.toBeDefined();
  });

  it('must be there', async () => {
    expect(await refusal(load(await make('python', 0o644, 'bin/thermo.py')))).toContain('bin/thermo.py is missing');
    await symlink('/nowhere', join(folder, 'gone.py'));
    expect(await refusal(load(await make('python', 0o644, 'gone.py')))).toContain('gone.py is missing');
  });

  it('must be a file', async () => {
    expect(await refusal(load(await make('python', 0o644, 'bin')))).toContain('bin is not a file');
  });

  it.each(['node', 'typescript'])('is TypeScript only for whoever builds it (%s)', async (language) => {
    await make(language, 0o644, 'main.ts');
    expect(await refusal(load(folder))).toContain('`rxport pack` builds a plugin that can be installed');
    await expect(load(folder, { typescript: true })).resolves.toMatchObject({ name: 'thermo' });
  });
});
