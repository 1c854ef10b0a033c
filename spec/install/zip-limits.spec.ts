import { expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ZIP_LIMITS, zipLimits } from '../../lib/install/zip-entries.js';
import { storeIn } from '../helpers/store.js';
import { tempFolder } from '../helpers/unique.js';
import { zipped } from '../helpers/zipped.js';

/** A plugin with two megabytes that pack to nothing. */
function bombOf(): { readonly dir: string; readonly zip: string } {
  const dir = join(tempFolder(), 'thermo');
  mkdirSync(dir);
  const manifest = { version: 'v1', language: 'python', executable: 'main.py', functions: ['f'] };
  writeFileSync(join(dir, 'thermo.json'), JSON.stringify(manifest));
  writeFileSync(join(dir, 'main.py'), 'print()');
  writeFileSync(join(dir, 'zeros.bin'), Buffer.alloc(2 * 1024 * 1024));
  return { dir, zip: zipped(dir, 'thermo').path };
}

it('limits of a zip are those that are given, and the usual ones for the rest', () => {
  expect(zipLimits()).toEqual(ZIP_LIMITS);
  expect(zipLimits({ bytes: 5 })).toEqual({ ...ZIP_LIMITS, bytes: 5 });
  // Of a program in JavaScript: one that is not there limits nothing.
  expect(zipLimits({ bytes: undefined } as object)).toEqual(ZIP_LIMITS);
});

it.each([
  ['as it is', {}, 'zeros\\.bin unpacks to more than 100 times'],
  ['with room for fewer bytes', { ratio: 5_000, bytes: 1_000 }, 'more than 1000 bytes'],
  ['with room for fewer files', { ratio: 5_000, entries: 2 }, 'more than 2 files'],
])('a host refuses a zip beyond its limits %s, and says what to do', async (_, settings, why) => {
  const { dir, zip } = bombOf();
  const { store, folders } = storeIn(tempFolder(), { zipLimits: settings });
  const text = `thermo\\.zip is too large: .*${why}.*; install the unpacked folder instead, or raise zipLimits$`;
  await expect(store.stage(zip)).rejects.toMatchObject({
    code: 'ERR_ZIP_LIMIT',
    message: expect.stringMatching(new RegExp(text)),
  });
  expect(readdirSync(folders.staging)).toEqual([]);
  // What it says to do is done.
  await expect(store.stage(dir)).resolves.toMatchObject({ name: 'thermo' });
});

it('a host takes a zip that its raised limits allow', async () => {
  const { zip } = bombOf();
  const { store } = storeIn(tempFolder(), { zipLimits: { ratio: 5_000 } });
  await expect(store.stage(zip)).resolves.toMatchObject({ name: 'thermo' });
});
