import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { mkdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { startHost } from '../helpers/host.js';
import { rxport, Rxport } from '../helpers/rxport.js';
import { subjects } from '../helpers/subject.js';
import { root } from '../helpers/toolchains.js';
import { pathsIn, writeTree } from '../helpers/tree.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const MIRROR = `${root}dist/plugins/mirror`;

const json = async (dir: string, ...args: readonly string[]): Promise<unknown> =>
  JSON.parse((await rxport([...args, '--dir', dir, '--json'])).stdout);

describe('a data folder without a service', () => {
  it('has a plugin installed, shown, updated and removed', async () => {
    const dir = join(tempFolder(), 'data');
    const [, , typescript] = subjects({ unique, tempFolder });
    const env = { RXPORT_DIR: dir };

    expect(await rxport(['plugin', 'install', MIRROR], { env })).toEqual({
      code: 0,
      stdout: 'portable plugin mirror is created\n',
      stderr: `in ${dir}, over which no service runs: rxport serve starts one\n`,
    });
    expect(await json(dir, 'plugin', 'list')).toEqual([
      {
        name: 'mirror',
        version: 'v0.1.0',
        language: 'node',
        executable: expect.stringMatching(/plugins\/portables\/mirror\/main\.mjs$/),
        sources: ['random'],
        sinks: ['file'],
        functions: ['echo'],
        status: 'stop',
        refCount: {},
        errMsg: '',
      },
    ]);
    const again = await rxport(['plugin', 'install', MIRROR], { env });
    expect(again.code).toBe(4);
    expect(again.stderr).toContain('ERR_PLUGIN_EXISTS');

    const updated = await json(dir, 'plugin', 'update', 'mirror', typescript?.folder('v2.0.0') ?? '');
    expect(updated).toMatchObject({ name: 'mirror', report: { from: 'v0.1.0', to: 'v2.0.0' } });
    expect(await json(dir, 'plugin', 'show', 'mirror')).toMatchObject({ version: 'v2.0.0', status: 'stop' });

    const unknown = await rxport(['plugin', 'remove', 'miror'], { env });
    expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('did you mean "mirror"?')]);
    expect((await rxport(['plugin', 'remove', 'mirror'], { env })).code).toBe(0);
    expect((await rxport(['plugin', 'list'], { env })).stdout).toBe(`${dir} has no plugins\n`);
    expect(await pathsIn(join(dir, 'plugins/portables'))).toEqual([]);
    expect(existsSync(join(dir, 'host.lock'))).toBe(false);
  });

  it('shows a plugin that is broken, with the reason', async () => {
    const dir = tempFolder();
    await writeTree(dir, { 'plugins/portables/thermo/thermo.json': '{"language":"node"}' });
    expect(await json(dir, 'plugin', 'list')).toMatchObject([{ name: 'thermo', status: 'error' }]);
    expect(await json(dir, 'plugin', 'status', 'thermo')).toMatchObject({
      errMsg: expect.stringContaining('executable'),
    });
    expect((await rxport(['plugin', 'show', 'thermo', '--dir', dir])).stdout).toMatch(/status +error/);
  });

  it('shows the plugin that a host would load, of two with one name', async () => {
    const manifest = JSON.stringify({ version: 'v1', language: 'node', executable: 'main.mjs', functions: ['f'] });
    const dir = await writeTree(tempFolder(), {
      'plugins/portables/thermo/thermo.json': manifest,
      'plugins/portables/thermo/main.mjs': '',
      'plugins/portable/thermo/thermo.json': manifest,
      'plugins/portable/thermo/main.mjs': '',
    });
    expect(await json(dir, 'plugin', 'list')).toMatchObject([{ name: 'thermo', version: 'v1', status: 'stop' }]);
    expect(await json(dir, 'plugin', 'show', 'thermo')).toMatchObject({ version: 'v1', status: 'stop', errMsg: '' });
  });

  it.each([
    ['plugin logs', ['plugin', 'logs', 'x']],
    ['plugin logs', ['plugin', 'logs', 'x', '--follow']],
    ['plugin stop', ['plugin', 'stop', 'x']],
    ['rule list', ['rule', 'list']],
    ['rule restart', ['rule', 'restart', 'x']],
  ])('says that %s needs a service', async (what, args) => {
    const { code, stdout, stderr } = await rxport([...args, '--dir', tempFolder()]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(
      new RegExp(`^rxport: ${what} needs a running service.*rxport serve.*\\(ERR_CLI_NO_SERVICE\\)\n$`),
    );
  });

  it('that belongs to another host can be looked at, and not be changed', async () => {
    const dir = join(tempFolder(), 'data');
    const host = await startHost({ dir });
    await host.plugins.install(MIRROR);
    expect(await json(dir, 'plugin', 'list')).toMatchObject([
      { name: 'mirror', status: 'unknown', errMsg: expect.stringContaining(`pid ${process.pid}`) },
    ]);
    // No service that is just starting.
    await utimes(join(dir, 'host.lock'), 0, 0);
    const { code, stderr } = await rxport(['plugin', 'remove', 'mirror', '--dir', dir]);
    expect([code, stderr]).toEqual([4, expect.stringContaining('ERR_HOST_LOCKED')]);
  });

  it('whose lock can not be read, as that of another user, is not said to be free', async () => {
    const dir = join(tempFolder(), 'data');
    await rxport(['plugin', 'install', MIRROR, '--dir', dir]);
    await mkdir(join(dir, 'host.lock'));
    expect(await json(dir, 'plugin', 'list')).toMatchObject([
      { name: 'mirror', status: 'unknown', errMsg: expect.stringMatching(/another user.*--url/) },
    ]);
    expect(await rxport(['rule', 'list', '--dir', dir])).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/whether one runs over .* lock can not be read.*--url/),
    });
    const { stdout } = await rxport(['doctor', '--dir', dir]);
    expect(stdout).toMatch(/host .*not known whether.*lock can not be read/);
    expect(stdout).not.toContain('killed');
    expect(await rxport(['plugin', 'remove', 'mirror', '--dir', dir])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('ERR_HOST_LOCKED'),
    });
  });

  it('is as before when an installation is interrupted', async () => {
    const dir = tempFolder();
    const folder = join(tempFolder(), 'mute');
    await writeTree(folder, {
      'mute.json': JSON.stringify({
        version: 'v1',
        language: 'node',
        executable: 'main.mjs',
        functions: [unique('f')],
      }),
      'main.mjs': 'setInterval(() => undefined, 1_000);',
    });
    const command = new Rxport(['plugin', 'install', folder, '--dir', dir]);
    await until(() => existsSync(join(dir, 'plugins/portables/mute')), 'the plugin is in its place');
    command.child.kill('SIGINT');
    expect(await command.finished).toMatchObject({ code: 130, stdout: '' });
    expect(await json(dir, 'plugin', 'list')).toEqual([]);
  });
});

describe('a data folder that is not there', () => {
  it.each([
    ['list'],
    ['show', 'nope'],
    ['status', 'nope'],
    ['logs', 'nope'],
    ['update', 'nope', MIRROR],
    ['remove', 'nope', '--force'],
    ['stop', 'nope'],
  ])('is no place for plugin %s', async (...args) => {
    const cwd = tempFolder();
    const { code, stdout, stderr } = await rxport(['plugin', ...args, '--dir', 'nothere'], { cwd });
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^rxport: no data folder at \/.*\/nothere: .*--dir.*\(ERR_CLI_NO_FOLDER\)\n$/);
    expect(existsSync(join(cwd, 'nothere'))).toBe(false);
  });

  it.each([
    ['that is not there', 'nope.zip', 3, 'ERR_INSTALL_NOT_FOUND'],
    ['that has to be downloaded', 'http://example.com/x.zip', 3, 'rxport serve --download example.com'],
    ['without a manifest', '.', 2, 'ERR_MANIFEST_MISSING'],
  ])('does not come of a package %s', async (_, source, exit, text) => {
    const cwd = tempFolder();
    const { code, stdout, stderr } = await rxport(['plugin', 'install', source, '--dir', 'nothere'], { cwd });
    expect([code, stdout, stderr]).toEqual([exit, '', expect.stringContaining(text)]);
    expect(existsSync(join(cwd, 'nothere'))).toBe(false);
  });

  it('is made by an installation, of which a program is told on stdout alone', async () => {
    const cwd = tempFolder();
    const { code, stderr } = await rxport(['plugin', 'install', MIRROR, '--dir', 'data', '--json'], { cwd });
    expect([code, stderr]).toEqual([0, '']);
  });
});
