import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { downloadHost, farHost, withPackageDoor } from '../../lib/cli/doors.js';
import { RxportError } from '../../lib/errors.js';
import { commandLine } from '../helpers/command-line.js';
import { Rxport, rxport } from '../helpers/rxport.js';
import { root } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';

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

  it('is as it was where no flag would help', () => {
    const [broken, foreign] = [hint('ERR_ZIP_INVALID', 'no zip'), new TypeError('x')];
    expect(withPackageDoor(broken, 'http://a.example/x.zip', FAR)).toBe(broken);
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
