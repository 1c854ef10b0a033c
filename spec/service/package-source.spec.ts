import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { systemClock } from '../../lib/clock.js';
import { countEntries } from '../../lib/service/count-entries.js';
import { type SourcePolicy, withPackage } from '../../lib/service/package-source.js';
import { tempFolder } from '../helpers/unique.js';

const policy = (rest: Partial<SourcePolicy> = {}): SourcePolicy => ({
  staging: join(tempFolder(), 'staging'),
  clock: systemClock,
  signal: new AbortController().signal,
  ...rest,
});
const itself = async (path: string): Promise<string> => path;

describe('a package', () => {
  it('is a file or a folder of this machine', async () => {
    const dir = realpathSync(tempFolder());
    const zip = join(dir, 'a b.zip');
    writeFileSync(zip, '');
    expect(await withPackage(pathToFileURL(zip).href, policy(), itself)).toBe(zip);
    expect(await withPackage(`file://localhost${dir}`, policy(), itself)).toBe(dir);
  });

  it.each([
    '',
    'nonsense',
    '/tmp/a.zip',
    'ftp://example.com/a.zip',
    'data:application/zip,a',
    'file://example.com/a.zip',
    'file:///a%2fb.zip',
    'https://example.com/a.tar',
    'https://example.com/',
  ])('is not %j', async (uri) => {
    await expect(withPackage(uri, policy(), itself)).rejects.toMatchObject({
      code: 'ERR_REQUEST_INVALID',
      message: `invalid uri ${uri}`,
    });
  });

  it('is in one of the folders, through no link that leads out of them', async () => {
    const [open, shut] = [realpathSync(tempFolder()), realpathSync(tempFolder())];
    mkdirSync(join(open, 'deep'));
    writeFileSync(join(open, 'deep/a.zip'), '');
    writeFileSync(join(shut, 'b.zip'), '');
    symlinkSync(join(shut, 'b.zip'), join(open, 'link.zip'));
    const limited = policy({ folders: [open, join(open, 'none')] });
    expect(await withPackage(`file://${open}/deep/a.zip`, limited, itself)).toBe(`${open}/deep/a.zip`);
    for (const path of [
      `${shut}/b.zip`,
      `${open}/link.zip`,
      `${open}/../${basename(shut)}/b.zip`,
      `${open}/%2e%2e/${basename(shut)}/b.zip`,
      `${shut}/nowhere.zip`,
      `${open}x/b.zip`,
    ])
      await expect(withPackage(`file://${path}`, limited, itself)).rejects.toMatchObject({
        code: 'ERR_DOWNLOAD_REFUSED',
      });
    await expect(withPackage(`file://${open}/deep/a.zip`, policy({ folders: [] }), itself)).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_REFUSED',
    });
    await expect(withPackage(`file://${shut}/nowhere.zip`, policy(), itself)).rejects.toMatchObject({
      code: 'ERR_INSTALL_NOT_FOUND',
      message: expect.stringContaining('nowhere.zip: no such file'),
    });
  });

  it('comes from elsewhere only where that is allowed, and is gone afterwards', async () => {
    const server = createServer((_, response) => response.end('zip'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x/thermo.zip`;
    await expect(withPackage(uri, policy(), itself)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_REFUSED' });
    const allowed = policy({ downloads: { hosts: ['127.0.0.1'] } });
    const path = await withPackage(uri, allowed, async (found) => {
      expect(existsSync(found)).toBe(true);
      return found;
    });
    expect(basename(path)).toBe('thermo.zip');
    await expect(withPackage(uri, allowed, () => Promise.reject(new Error('mine')))).rejects.toThrow('mine');
    expect(readdirSync(allowed.staging)).toEqual([]);
    server.close().closeAllConnections();
  });
});

it('is counted where it can be, and a pipe is not opened', async () => {
  const dir = tempFolder();
  execFileSync('mkfifo', [join(dir, 'x.zip')]);
  writeFileSync(join(dir, 'no.zip'), 'no zip');
  expect(await countEntries(dir)).toBe(2);
  expect(await countEntries(join(dir, 'x.zip'))).toBeUndefined();
  expect(await countEntries(join(dir, 'no.zip'))).toBeUndefined();
});
