import { beforeEach, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Environments } from '../../lib/install/environments.js';
import type { InstalledPlugin } from '../../lib/install/install.js';
import { environmentsIn, pythonPlugin, standInForUv, writeWheel } from '../helpers/environments.js';
import { errorOf } from '../helpers/refused.js';
import { describeWith } from '../helpers/toolchains.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

describeWith('python', 'a Python environment', (pythonBin) => {
  let dir: string;
  let folder: string;
  let ran: readonly unknown[];
  let environments: Environments;
  const open = (settings: Parameters<typeof environmentsIn>[1] = {}): void => {
    ({ folder, ran, environments } = environmentsIn(dir, { pythonBin, ...settings }));
  };
  beforeEach(() => {
    dir = tempFolder();
    open();
  });

  const wordIn = (env: string | undefined): string =>
    execFileSync(join(env ?? '', 'bin/python'), ['-c', 'import greeter; print(greeter.WORD)'], {
      encoding: 'utf8',
    }).trim();

  it('is made once of what is required, for all that require the same, also for the next host; else another one', async () => {
    const a = await pythonPlugin('a');
    const b = await pythonPlugin('b');
    const [first, second] = await Promise.all([a, b].map((plugin) => environments.ensure(plugin)));
    expect(second).toBe(first);
    expect(wordIn(first)).toBe('hello');
    expect(ran).toHaveLength(3);
    open();
    appendFileSync(join(a.dir, 'requirements.txt'), '\n\n# a comment\n');
    expect(await environments.ensure(a)).toBe(first);
    expect(ran).toHaveLength(1);
    // Another content of what is required.
    writeWheel(b.dir, 'goodbye');
    const third = await environments.ensure(b);
    expect([wordIn(first), wordIn(third)]).toEqual(['hello', 'goodbye']);
    await environments.tidy([b]);
    expect(readdirSync(folder).map((name) => join(folder, name))).toEqual([third]);
  });

  it('needs no requirements', async () => {
    const plugin = await pythonPlugin('a', { requirements: '# none\n' });
    expect(existsSync(join((await environments.ensure(plugin)) ?? '', 'bin/python'))).toBe(true);
    expect(ran).toHaveLength(2);
  });

  it('is made again when the one before it was not finished', async () => {
    const plugin = await pythonPlugin('a', { requirements: '' });
    const env = (await environments.ensure(plugin)) ?? '';
    rmSync(join(env, 'rxport.json'));
    rmSync(join(env, 'bin'), { recursive: true });
    await environments.ensure(plugin);
    expect(existsSync(join(env, 'bin/python'))).toBe(true);
  });

  it('goes when nothing uses it, or it is half made, whatever the interpreter of that host is', async () => {
    const plugin = await pythonPlugin('a', { requirements: '' });
    const env = (await environments.ensure(plugin)) ?? '';
    const other = await pythonPlugin('b');
    await environments.ensure(other);
    mkdirSync(join(folder, 'half'));
    open({ pythonBin: '/no/python' });
    await environments.tidy([plugin, other]);
    expect(readdirSync(folder)).toHaveLength(2);
    // Of what it required before.
    writeFileSync(join(other.dir, 'requirements.txt'), '');
    await environments.tidy([plugin, other]);
    expect(readdirSync(folder)).toEqual([basename(env)]);
    rmSync(join(env, 'rxport.json'));
    await environments.tidy([plugin, other]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stays while the plugins need it that share it, also when a host with another interpreter has started', async () => {
    const [a, b] = await Promise.all(['a', 'b'].map((name) => pythonPlugin(name, { requirements: '' })));
    await environments.ensure(a as InstalledPlugin);
    const python = join(dir, 'python');
    const answer = '#!/bin/sh\n[ "$1" = -c ] && echo another && echo 99 && exit\n';
    writeFileSync(python, `${answer}exec '${pythonBin}' "$@"\n`, { mode: 0o755 });
    open({ pythonBin: python });
    await environments.ensure(b as InstalledPlugin);
    expect(readdirSync(folder)).toHaveLength(2);
    await environments.tidy([b as InstalledPlugin]);
    expect(readdirSync(folder)).toHaveLength(2);
    await environments.tidy([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is what uv makes of it', async () => {
    open({ uvBin: standInForUv() });
    expect(wordIn(await environments.ensure(await pythonPlugin('a', { type: 'uv' })))).toBe('hello');
  });

  it('ERR_ENVIRONMENT: says what to install when uv is missing', async () => {
    open({ uvBin: '/no/such/uv' });
    const plugin = await pythonPlugin('a', { type: 'uv' });
    expect(await errorOf(() => environments.ensure(plugin))).toMatchObject({
      code: 'ERR_ENVIRONMENT',
      message:
        'plugin a: its Python environment needs /no/such/uv, which is not found: install uv ' +
        '(https://docs.astral.sh/uv), name it (host setting uvBin), or use virtualEnvType "venv"',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ERR_ENVIRONMENT: when it takes too long', async () => {
    const python = join(dir, 'python');
    writeFileSync(python, `#!/bin/sh\n[ "$1" = -c ] && exec '${pythonBin}' "$@"\nsleep 60\n`, { mode: 0o755 });
    open({ pythonBin: python, timeout: 800 });
    const plugin = await pythonPlugin('a');
    expect((await errorOf(() => environments.ensure(plugin))).message).toContain('was killed after 800 ms');
  });

  it('is not waited for any more by who does not want it, while another one goes on making it', async () => {
    const controller = new AbortController();
    const [a, b] = await Promise.all(['a', 'b'].map((name) => pythonPlugin(name)));
    const first = environments.ensure(a as InstalledPlugin);
    await until(() => ran.length === 2);
    const second = environments.ensure(b as InstalledPlugin, controller.signal);
    const refused = expect(second).rejects.toThrow('enough');
    controller.abort(new Error('enough'));
    await refused;
    expect(ran).toHaveLength(2);
    expect(wordIn(await first)).toBe('hello');
  });

  it('is given up by who does not want it any more, and made by who does', async () => {
    const controller = new AbortController();
    const plugin = await pythonPlugin('a', { requirements: '' });
    const first = environments.ensure(plugin, controller.signal);
    const refused = expect(first).rejects.toThrow('enough');
    await until(() => ran.length === 2);
    const second = environments.ensure(plugin);
    controller.abort(new Error('enough'));
    await refused;
    expect(existsSync(join((await second) ?? '', 'bin/python'))).toBe(true);
  });
});
