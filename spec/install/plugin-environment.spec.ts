import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filter, firstValueFrom } from 'rxjs';
import { isAlive } from '../helpers/alive.js';
import { collectedLog } from '../helpers/collected-log.js';
import { WHEEL, writeWheel } from '../helpers/environments.js';
import { startHost } from '../helpers/host.js';
import { errorOf, places } from '../helpers/refused.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { describeWith } from '../helpers/toolchains.js';
import { until } from '../helpers/until.js';

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
  }, 60_000);

  it('is told of when its files have changed, and runs', async () => {
    const { dir } = places();
    const plugin = greeting();
    const host = await startHost({ dir, pythonBin });
    await host.plugins.install(plugin.dir);
    await host.stop();
    appendFileSync(join(dir, 'plugins/portables', plugin.name, 'main.py'), '# mine\n');
    const { log, warnings } = collectedLog();
    const next = await startHost({ dir, pythonBin, logger: log });
    const { state$ } = next.plugins.get(plugin.name);
    await firstValueFrom(state$.pipe(filter(({ phase }) => phase === 'ready')));
    await until(() => next.plugins.get(plugin.name).changed.includes('main.py'), 'it is told of');
    expect(warnings.filter((text) => text.includes('is not what was installed'))).toHaveLength(1);
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
  }, 60_000);

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
