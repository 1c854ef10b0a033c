import { beforeEach, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environments } from '../../lib/install/environments.js';
import type { InstalledPlugin } from '../../lib/install/install.js';
import { isAlive } from '../helpers/alive.js';
import { environmentsIn, pythonPlugin, standInForUv, WHEEL, writeWheel } from '../helpers/environments.js';
import { startHost } from '../helpers/host.js';
import { errorOf, places } from '../helpers/refused.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
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

  it('goes when nothing uses it, or it is half made; none goes when nobody knows what is used', async () => {
    const plugin = await pythonPlugin('a', { requirements: '' });
    const env = (await environments.ensure(plugin)) ?? '';
    mkdirSync(join(folder, 'half'));
    open({ pythonBin: '/no/python' });
    await environments.tidy([plugin]);
    expect(readdirSync(folder)).toHaveLength(2);
    open();
    await environments.tidy([plugin]);
    expect(readdirSync(folder)).toHaveLength(1);
    rmSync(join(env, 'rxport.json'));
    await environments.tidy([plugin]);
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

describeWith('python', 'a plugin with an environment of its own', (pythonBin) => {
  /** Imports what it requires, and then goes on as a plugin that the specs know. */
  function greeting(requirements = `./${WHEEL}`) {
    const plugin = scriptedPlugin({ language: 'python', executable: 'main.py', virtualEnvType: 'venv' });
    const node = JSON.stringify(process.execPath);
    const program = [
      'import os, sys, greeter',
      'here = os.path.dirname(os.path.abspath(__file__))',
      'open(os.path.join(here, "seen"), "w").write("|".join([greeter.WORD, sys.prefix, os.environ["VIRTUAL_ENV"]]))',
      `os.execv(${node}, [${node}, os.path.join(here, "main.mjs"), sys.argv[1]])`,
    ];
    writeFileSync(join(plugin.dir, 'main.py'), `${program.join('\n')}\n`);
    writeFileSync(join(plugin.dir, 'requirements.txt'), requirements);
    writeWheel(plugin.dir, 'hello');
    return plugin;
  }
  const envs = (dir: string): readonly string[] =>
    existsSync(join(dir, 'envs')) ? readdirSync(join(dir, 'envs')) : [];

  it('runs in it, and a host that finds it gone makes it again', async () => {
    const { dir } = places();
    const plugin = greeting();
    const host = await startHost({ dir, pythonBin });
    const { state } = await host.plugins.install(plugin.dir);
    expect(state.phase).toBe('ready');
    const [env = ''] = envs(dir);
    const seen = execFileSync('cat', [join(dir, 'plugins/portables', plugin.name, 'seen')], { encoding: 'utf8' });
    expect(seen).toBe(['hello', join(dir, 'envs', env), join(dir, 'envs', env)].join('|'));
    await host.stop();
    rmSync(join(dir, 'envs'), { recursive: true });
    const next = await startHost({ dir, pythonBin });
    await until(() => next.plugins.get(plugin.name).state.phase === 'ready', 'it runs again', 30_000);
    expect(envs(dir)).toEqual([env]);
    expect(next.plugins.get(plugin.name).changed).toEqual([]);
    await next.plugins.remove(plugin.name);
    await next.stop();
    await startHost({ dir, pythonBin });
    expect(envs(dir)).toEqual([]);
  });

  it('is not installed when that can not be made', async () => {
    const { dir } = places();
    const plugin = greeting('./missing.whl');
    const host = await startHost({ dir, pythonBin });
    expect(await errorOf(() => host.plugins.install(plugin.dir))).toMatchObject({
      code: 'ERR_ENVIRONMENT',
      message: expect.stringMatching(/python -m pip .*install .* ended with code 1\. Last output: .*missing\.whl/),
    });
    expect(host.plugins.list()).toEqual([]);
    expect([...envs(dir), ...readdirSync(join(dir, 'plugins/.staging'))]).toEqual([]);
  });

  /** Installed in `dir`; its environment is gone, and the interpreter of the next host takes `seconds` for each step. */
  async function withoutEnvironment(seconds: number) {
    const { dir } = places();
    const plugin = greeting();
    const host = await startHost({ dir, pythonBin });
    await host.plugins.install(plugin.dir);
    await host.stop();
    rmSync(join(dir, 'envs'), { recursive: true });
    const [slow, sleeper] = [join(dir, '..', 'slow-python'), join(dir, '..', 'sleeper')];
    const program = [
      '#!/bin/sh',
      `[ "$1" = -c ] && exec '${pythonBin}' "$@"`,
      `sleep ${seconds} & echo $! > '${sleeper}'; wait`,
      `exec '${pythonBin}' "$@"`,
    ];
    writeFileSync(slow, `${program.join('\n')}\n`, { mode: 0o755 });
    const sleeping = (): number | undefined =>
      existsSync(sleeper) ? Number(readFileSync(sleeper, 'utf8')) || undefined : undefined;
    return { dir, slow, name: plugin.name, sleeping };
  }

  it('has its whole handshakeTimeout after that was made', async () => {
    const { dir, slow, name } = await withoutEnvironment(2);
    const host = await startHost({ dir, pythonBin: slow, handshakeTimeout: 3_000 });
    const plugin = host.plugins.get(name);
    await until(() => plugin.state.phase === 'ready', 'it runs', 30_000);
    expect([plugin.restarts, plugin.lastErrors]).toEqual([0, []]);
  });

  it.each(['stop', 'remove'] as const)('gives up what makes that at its %s', async (verb) => {
    const { dir, slow, name, sleeping } = await withoutEnvironment(60);
    const host = await startHost({ dir, pythonBin: slow, killTimeout: 5_000 });
    const pid = await until(sleeping);
    const before = Date.now();
    await host.plugins[verb](name);
    expect(Date.now() - before).toBeLessThan(4_000);
    expect(isAlive(pid)).toBe(false);
    expect(envs(dir)).toEqual([]);
    if (verb === 'stop') expect(host.plugins.get(name).state.phase).toBe('stopped');
  });

  it('is stopped with its host while that is made', async () => {
    const { dir } = places();
    const plugin = greeting();
    const slow = join(dir, '..', 'slow-python');
    writeFileSync(slow, `#!/bin/sh\n[ "$1" = -c ] && exec '${pythonBin}' "$@"\nsleep 60\n`, { mode: 0o755 });
    execFileSync('mkdir', ['-p', join(dir, 'plugins/portables')]);
    execFileSync('cp', ['-r', plugin.dir, join(dir, 'plugins/portables')]);
    const host = await startHost({ dir, pythonBin: slow });
    expect(host.plugins.get(plugin.name).state.phase).toBe('starting');
    const before = Date.now();
    await host.stop();
    expect(Date.now() - before).toBeLessThan(5_000);
    expect(envs(dir)).toEqual([]);
  });
});
