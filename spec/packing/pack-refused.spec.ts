import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from '../../lib/packing/pack.js';
import { entriesOf, manifest, packInto, thermo } from '../helpers/packed.js';
import { describeWith } from '../helpers/toolchains.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

const { typescript, python } = thermo;

describe('it refuses', () => {
  it.each([
    ['a folder that is not there', {}, { folder: '/nowhere/thermo' }, 'ERR_INSTALL_NOT_FOUND', 'there is no folder'],
    ['a folder without a manifest', { 'a.txt': '' }, {}, 'ERR_MANIFEST_MISSING', 'expected thermo.json'],
    ['a manifest that is no JSON', { 'thermo.json': '{"language":' }, {}, 'ERR_MANIFEST_INVALID', 'is no JSON'],
    [
      'a manifest without symbols',
      { 'thermo.json': '{"language":"node","executable":"a.mjs"}' },
      {},
      'ERR_MANIFEST_INVALID',
      'at least one symbol',
    ],
    [
      'a missing executable',
      { 'thermo.json': manifest('node', 'main.mjs') },
      {},
      'ERR_PLUGIN_EXECUTABLE',
      'main.mjs is missing',
    ],
    [
      'an executable that is left out',
      { 'thermo.json': manifest('python', '.main.py'), '.main.py': '' },
      {},
      'ERR_PLUGIN_EXECUTABLE',
      '.main.py is missing',
    ],
    [
      'a program that may not be executed',
      { 'thermo.json': manifest('executable', 'main'), main: '' },
      {},
      'ERR_PLUGIN_EXECUTABLE',
      'chmod',
    ],
    [
      'TypeScript that does not parse',
      { ...typescript, 'f.ts': '\nexport const f = (;\n' },
      {},
      'ERR_PACK_BUILD',
      'f.ts:2:19: ',
    ],
    [
      'an import of nothing',
      { ...typescript, 'f.ts': "export { f } from './g.js';\n" },
      {},
      'ERR_PACK_BUILD',
      'f.ts:1:19: Could not resolve "./g.js"',
    ],
    [
      'an import of a package that nobody has',
      { ...typescript, 'f.ts': "export * from 'rxport/nothing';\n" },
      {},
      'ERR_PACK_BUILD',
      'rxport/nothing',
    ],
    [
      'a file for its zip in a folder that is not there',
      python,
      { out: '/nowhere/thermo.zip' },
      'ERR_PACK_OUT',
      '/nowhere is no folder',
    ],
    ['a place that nobody can write to', python, { out: '/proc/thermo.zip' }, 'ERR_PACK_OUT', 'take another place'],
    ['a file that is no zip by its name', python, { out: 'thermo.tar' }, 'ERR_PACK_OUT', 'ends in .zip'],
    ['what can not be unpacked', { ...python, 'zeros.bin': '0'.repeat(3_000_000) }, {}, 'ERR_ZIP_LIMIT', '100 times'],
  ])('%s', async (_, files, options, code, text) => {
    const out = tempFolder();
    await expect(pack({ folder: await thermo.folder(files), out, ...options })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text),
    });
    expect(readdirSync(out)).toEqual([]);
  });

  it('links that leave the folder, lead to nothing, or to a folder', async () => {
    for (const [target, text] of [
      ['/etc/passwd', 'leaves the folder'],
      ['gone', 'points to nothing'],
      ['data', 'no plain file'],
    ] as const) {
      const dir = await thermo.folder({ ...python, 'data/a.txt': '' });
      symlinkSync(target, join(dir, 'link'));
      await expect(packInto(dir)).rejects.toMatchObject({
        code: 'ERR_ZIP_PATH',
        message: expect.stringContaining(text),
      });
    }
  });

  it('to go on when it is aborted', async () => {
    const out = tempFolder();
    await expect(
      packInto(await thermo.folder(python), out, { signal: AbortSignal.abort(new Error('no')) }),
    ).rejects.toThrow('no');
    expect(readdirSync(out)).toEqual([]);
  });
});

const module = {
  'thermo.json': manifest('go', 'main'),
  'go.mod': 'module plugin.local/thermo\n\ngo 1.21\n',
  'a/a.go': 'package a\n',
};

describeWith('go', 'a Go module', () => {
  it('is built anew whatever has changed, and says what the compiler says', async () => {
    const dir = await thermo.folder({
      ...module,
      'main.go':
        'package main\n\nimport _ "embed"\n\n//go:embed text\nvar text string\n\nfunc main() { print(text) }\n',
      text: 'one',
    });
    const { file } = await packInto(dir);
    expect(await entriesOf(file)).toEqual(['100755 main', '100644 text', '100644 thermo.json']);

    await writeTree(dir, { text: 'two' });
    // As a checkout or a copy leaves it.
    utimesSync(join(dir, 'text'), 1, 1);
    await packInto(dir);
    expect(spawnSync(join(dir, 'main')).stderr.toString()).toBe('two');
    const built = readFileSync(join(dir, 'main'));

    await writeTree(dir, { 'main.go': 'package main\n\nfunc main() { x() }\n' });
    utimesSync(join(dir, 'main.go'), 1, 1);
    await expect(packInto(dir)).rejects.toMatchObject({
      code: 'ERR_PACK_BUILD',
      message: expect.stringContaining('./main.go:3:15: undefined: x'),
    });
    expect(readFileSync(join(dir, 'main')).equals(built)).toBe(true);
  }, 60_000);
});

it('a Go module is packed without Go when its program is newer than its sources, and not otherwise', async () => {
  const dir = await thermo.folder({ ...module, 'main.go': 'package main\n\nfunc main() {}\n' });
  writeFileSync(join(dir, 'main'), 'a program', { mode: 0o755 });
  const { PATH } = process.env;
  process.env['PATH'] = tempFolder();
  try {
    utimesSync(join(dir, 'main'), 4e9, 4e9);
    expect((await packInto(dir)).files).toBe(2);
    utimesSync(join(dir, 'main.go'), 4.1e9, 4.1e9);
    await expect(packInto(dir)).rejects.toMatchObject({ code: 'ERR_TOOL_MISSING' });
  } finally {
    process.env['PATH'] = PATH;
  }
});
