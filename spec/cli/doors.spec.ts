import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { downloadHost, farHost, withPackageDoor, withZipDoor } from '../../lib/cli/doors.js';
import { RxportError, zipLimit } from '../../lib/errors.js';
import { commandLine } from '../helpers/command-line.js';
import { Rxport, rxport } from '../helpers/rxport.js';
import { root } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';
import { zipped } from '../helpers/zipped.js';

const NEAR = 'http://127.0.0.1:9081';
const FAR = 'http://plant.example:9081';

const hint = (code: 'ERR_DOWNLOAD_REFUSED' | 'ERR_INSTALL_NOT_FOUND' | 'ERR_ZIP_INVALID', text: string) =>
  new RxportError(code, text);

describe('what a service refuses', () => {
  it.each([
    [
      'a download',
      'http://a.example/x.zip',
      NEAR,
      'downloads are off',
      '; rxport serve --download a.example allows that',
    ],
    [
      'where a redirection leads',
      'http://a.example/x.zip',
      NEAR,
      'b.example is not among the hosts that downloads are allowed from',
      '; rxport serve --download b.example allows that',
    ],
    [
      'a private address behind a pattern',
      'http://a.example/x.zip',
      NEAR,
      'a.example is 10.0.0.1, on a private network, and not listed by name',
      '; rxport serve --download a.example allows that',
    ],
    ['a redirection that nothing allows', 'https://a.example/x.zip', NEAR, 'it leads to http://b.example', ''],
    ['a folder', '/x.zip', NEAR, 'it is not in /packages', '; rxport serve --packages FOLDER allows a folder'],
    [
      'a folder of another machine',
      '/x.zip',
      FAR,
      'it is not in /packages',
      '; a path is looked for on plant.example; rxport serve --packages FOLDER allows a folder',
    ],
  ])('names the flag for %s', (_, source, service, text, door) => {
    expect(withPackageDoor(hint('ERR_DOWNLOAD_REFUSED', text), source, service)).toMatchObject({
      code: 'ERR_DOWNLOAD_REFUSED',
      message: text + door,
    });
  });

  it('says on which machine a path is not', () => {
    const missing = hint('ERR_INSTALL_NOT_FOUND', 'no such file');
    expect(withPackageDoor(missing, '/x.zip', NEAR)).toBe(missing);
    expect(withPackageDoor(missing, '/x.zip', FAR)).toMatchObject({
      message: 'no such file; a path is looked for on plant.example',
    });
  });

  it.each([
    ['entries', '--max-files raises that'],
    ['bytes', '--max-unpacked raises that'],
    ['ratio', undefined],
  ] as const)('names the flag for a zip beyond its %s', (limit, door) => {
    const error = zipLimit('x.zip', limit, 'more than it may');
    const told = (found: unknown) => (found as Error).message.slice(error.message.length);
    expect(told(withZipDoor(error))).toBe(door === undefined ? '' : `; ${door}`);
    expect(told(withPackageDoor(error, '/x.zip', NEAR))).toBe(door === undefined ? '' : `; rxport serve ${door}`);
  });

  it('is as it was where no flag would help', () => {
    const [broken, foreign] = [hint('ERR_ZIP_INVALID', 'no zip'), new TypeError('x')];
    expect(withPackageDoor(broken, 'http://a.example/x.zip', FAR)).toBe(broken);
    expect([withZipDoor(broken), withZipDoor(foreign)]).toEqual([broken, foreign]);
    expect(withPackageDoor(foreign, '/x.zip', FAR)).toBe(foreign);
  });
});

it.each([
  ['http://a.example:8080/x.zip', 'a.example'],
  ['https://[fd00::1]/x.zip', 'fd00::1'],
  ['file:///x.zip', undefined],
  ['x.zip', undefined],
])('%s comes from the host %s', (source, host) => {
  expect(downloadHost(source)).toBe(host);
});

it.each([
  ['http://localhost:9081', undefined],
  ['http://[::1]:9081', undefined],
  ['http://10.0.0.1:9081', '10.0.0.1'],
])('a service at %s is on the machine %s', (service, host) => {
  expect(farHost(service)).toBe(host);
});

it('a path that has to be looked at, and is one of another machine, needs a name', async () => {
  const args = ['plugin', 'install', join(tempFolder(), 'x.zip'), '--url', 'http://plant.invalid:1'];
  expect(await commandLine(args)).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('; a path of plant.invalid needs --name as well (ERR_INSTALL_NOT_FOUND)'),
  });
});

it('a service tells by which flag it takes what it has refused', async () => {
  const cwd = tempFolder();
  const service = new Rxport(['serve', '--port', '0', '--packages', 'allowed'], { cwd });
  await service.says('Ctrl-C ends it');
  const install = (...args: readonly string[]) => rxport(['plugin', 'install', ...args], { cwd });
  expect(await install('http://127.0.0.1:1/x.zip')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('rxport serve --download 127.0.0.1 allows that (ERR_DOWNLOAD_REFUSED)'),
  });
  expect(await install(`${root}dist/plugins/mirror`)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('rxport serve --packages FOLDER allows a folder (ERR_DOWNLOAD_REFUSED)'),
  });
});

it('a zip beyond the usual limits is taken when a flag says so, over a folder and by a service', async () => {
  const cwd = tempFolder();
  const zip = zipped(`${root}dist/plugins/mirror`, 'mirror').path;
  const install = (...args: readonly string[]) => rxport(['plugin', 'install', zip, '--dir', 'data', ...args], { cwd });
  expect(await install('--max-files', '1')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/more than 1 files and folders; .*; --max-files raises that \(ERR_ZIP_LIMIT\)/),
  });
  expect(await install('--max-files', '100')).toMatchObject({ code: 0 });
  const update = (...args: readonly string[]) =>
    rxport(['plugin', 'update', 'mirror', zip, '--dir', 'data', ...args], { cwd });
  expect(await update('--max-files', '1')).toMatchObject({ stderr: expect.stringContaining('; --max-files raises') });
  const service = new Rxport(['serve', '--port', '0', '--dir', 'data', '--max-files', '1'], { cwd });
  await service.says('Ctrl-C ends it');
  expect(await update()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('; rxport serve --max-files raises that (ERR_ZIP_LIMIT)'),
  });
  expect(await update('--max-files', '100')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--max-files'),
  });
});
