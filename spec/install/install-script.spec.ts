import { describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../lib/index.js';
import { isAlive } from '../helpers/alive.js';
import { startHost } from '../helpers/host.js';
import { errorOf, places } from '../helpers/refused.js';
import { scriptedPlugin, type ScriptedPlugin } from '../helpers/scripted-plugin.js';
import { until } from '../helpers/until.js';

/** A plugin that brings a script. */
function withScript(script: string, plugin = scriptedPlugin()): ScriptedPlugin {
  writeFileSync(join(plugin.dir, 'install.sh'), script);
  return plugin;
}

const allowing = (dir: string, options: Parameters<typeof startHost>[0] = {}): Promise<Host> =>
  startHost({ dir, allowScripts: true, ...options });

/** What there is of plugins, and what is being installed. */
const filesOf = (dir: string): readonly string[] =>
  existsSync(join(dir, 'plugins'))
    ? readdirSync(join(dir, 'plugins'), { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('/'))
    : [];

describe('a package with install.sh', () => {
  it('is refused by a host that was not told to allow scripts, and nothing of it has run', async () => {
    const { dir } = places();
    const host = await startHost({ dir });
    const plugin = withScript('touch ran');
    expect(await errorOf(() => host.plugins.install(plugin.dir))).toMatchObject({
      code: 'ERR_SCRIPT_REFUSED',
      message:
        `plugin ${plugin.name}: ${plugin.dir} holds install.sh, which would run here as this user: look at it, ` +
        'then allow it (host setting allowScripts: true, or --allow-scripts)',
    });
    expect(filesOf(dir)).toEqual([]);
    expect(host.plugins.list()).toEqual([]);
  });

  it('has it run in its folder, with the parameters of who installs, before its process starts', async () => {
    const { dir } = places();
    const host = await allowing(dir);
    const { dir: source, name } = withScript('[ -f main.mjs ] && printf "%s|" "$0" "$@" > made');
    const plugin = await host.plugins.install(source, { shellParas: ['a b', '$HOME', '--x'] });
    expect(plugin.state.phase).toBe('ready');
    expect(readFileSync(join(dir, 'plugins/portables', name, 'made'), 'utf8')).toBe('install.sh|a b|$HOME|--x|');
    expect(existsSync(join(source, 'made'))).toBe(false);
  });

  it('has it run for an update, too; one that fails leaves the old version serving', async () => {
    const { dir } = places();
    const host = await allowing(dir);
    const plugin = scriptedPlugin();
    const installed = await host.plugins.install(plugin.dir);
    withScript('echo no space; exit 4', plugin);
    expect(await errorOf(() => host.plugins.update(plugin.name, plugin.dir))).toMatchObject({
      code: 'ERR_SCRIPT_FAILED',
    });
    expect(installed.state.phase).toBe('ready');
    expect(filesOf(dir).filter((path) => path.includes('install.sh') || path.startsWith('.'))).toEqual([]);
    withScript('echo "$1" > made', plugin);
    await host.plugins.update(plugin.name, plugin.dir, { shellParas: ['fast'] });
    expect(readFileSync(join(installed.dir, 'made'), 'utf8')).toBe('fast\n');
  });

  it('ERR_SCRIPT_FAILED: has the code and the last lines, and leaves nothing', async () => {
    const { dir } = places();
    const host = await allowing(dir);
    const plugin = withScript(`touch made; printf '\\033[1mgcc: not found\\033[0m\\n' >&2; exit 4`);
    expect(await errorOf(() => host.plugins.install(plugin.dir))).toMatchObject({
      code: 'ERR_SCRIPT_FAILED',
      message: `plugin ${plugin.name}: install.sh ended with code 4. Last output: gcc: not found`,
      details: { code: 4, output: ['gcc: not found'] },
    });
    expect(filesOf(dir)).toEqual([]);
    expect(host.plugins.has(plugin.name)).toBe(false);
  });

  it('ERR_SCRIPT_FAILED: when it takes longer than scriptTimeout, with all that it has started', async () => {
    const { dir } = places();
    const host = await allowing(dir, { scriptTimeout: 500 });
    const plugin = withScript(`sleep 60 & echo $!; wait`);
    const error = await errorOf(() => host.plugins.install(plugin.dir));
    expect(error).toMatchObject({
      code: 'ERR_SCRIPT_FAILED',
      message: expect.stringContaining('was killed after 500 ms'),
    });
    expect(isAlive(Number((error.details['output'] as string[])[0]))).toBe(false);
    expect(filesOf(dir)).toEqual([]);
  });

  it('is given up when the signal aborts or the host stops', async () => {
    const { dir } = places();
    const host = await allowing(dir);
    const controller = new AbortController();
    const first = host.plugins.install(withScript('touch begun; sleep 60').dir, { signal: controller.signal });
    const aborted = expect(first).rejects.toThrow('enough');
    const begun = (): boolean => filesOf(dir).some((path) => path.endsWith('begun'));
    await until(begun);
    controller.abort(new Error('enough'));
    await aborted;
    expect(filesOf(dir)).toEqual([]);
    const second = host.plugins.install(withScript('touch begun; sleep 60').dir);
    const stopped = expect(second).rejects.toMatchObject({ code: 'ERR_HOST_STOPPED' });
    await until(begun);
    await host.stop();
    await stopped;
    expect(filesOf(dir)).toEqual([]);
  });

  it('is refused for a symbol that another plugin has before anything of it runs', async () => {
    const { dir } = places();
    const host = await allowing(dir);
    const first = scriptedPlugin();
    await host.plugins.install(first.dir);
    const second = withScript(`touch ${dir}/ran`, scriptedPlugin({ functions: [first.symbol('echo')] }));
    expect(await errorOf(() => host.plugins.install(second.dir))).toMatchObject({
      code: 'ERR_SYMBOL_TAKEN',
      message: `plugin ${first.name} has function ${first.symbol('echo')} already: rename one, or remove ${first.name}`,
    });
    expect(existsSync(join(dir, 'ran'))).toBe(false);
  });

  it('is judged again after its script: what that has broken or claimed counts', async () => {
    const { dir } = places();
    const host = await allowing(dir);
    const first = scriptedPlugin();
    await host.plugins.install(first.dir);
    const broken = withScript('rm main.mjs');
    expect(await errorOf(() => host.plugins.install(broken.dir))).toMatchObject({ code: 'ERR_PLUGIN_EXECUTABLE' });
    const thief = scriptedPlugin();
    const manifest = JSON.stringify({ language: 'node', executable: 'main.mjs', functions: [first.symbol('echo')] });
    withScript(`echo '${manifest}' > ${thief.name}.json`, thief);
    expect(await errorOf(() => host.plugins.install(thief.dir))).toMatchObject({ code: 'ERR_SYMBOL_TAKEN' });
    expect(host.plugins.list().map(({ name }) => name)).toEqual([first.name]);
    expect(host.function(first.symbol('echo'))).toBeDefined();
  });
});

describe('the name of a package', () => {
  it('is asked for when it is given', async () => {
    const { dir } = places();
    const host = await startHost({ dir });
    const plugin = scriptedPlugin();
    expect(await errorOf(() => host.plugins.install(plugin.dir, { name: 'thermo' }))).toMatchObject({
      code: 'ERR_PLUGIN_MISMATCH',
      message: `invalid plugin, expect name 'thermo' but got '${plugin.name}': ${plugin.dir} holds ${plugin.name}.json`,
    });
    expect(filesOf(dir)).toEqual([]);
    expect((await host.plugins.install(plugin.dir, { name: plugin.name })).name).toBe(plugin.name);
  });
});
