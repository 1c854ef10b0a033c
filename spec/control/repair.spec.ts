/** A plugin that can not be loaded, and an update that brings one that can. */
import { describe, expect, it } from '@jest/globals';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../../lib/index.js';
import { badPlugin } from '../helpers/bad-plugin.js';
import { startHost } from '../helpers/host.js';
import { leftovers } from '../helpers/leftovers.js';
import { errorOf, places } from '../helpers/refused.js';
import { scriptedPlugin, versionNaming } from '../helpers/scripted-plugin.js';

/** A host that has found a plugin whose manifest is no JSON; `home` is its folder. */
async function broken<P extends { readonly name: string }>(plugin: P) {
  const at = places();
  const home = join(at.dir, 'plugins/portables', plugin.name);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, `${plugin.name}.json`), '{');
  writeFileSync(join(home, 'mine.txt'), 'mine');
  return { at, plugin, home, host: await startHost({ ...at, handshakeTimeout: 3_000, killTimeout: 200 }) };
}

/** What has been installed, changed by hand, and is refused for that; `update`: its folder was brought by an update. */
async function changed({ update }: { readonly update: boolean }) {
  const at = places();
  const plugin = scriptedPlugin();
  const first = await startHost(at);
  await first.plugins.install(plugin.dir);
  if (update) await first.plugins.update(plugin.name, versionNaming(plugin, 'v1.5.0').dir);
  await first.stop();
  const home = join(at.dir, 'plugins/portables', plugin.name);
  appendFileSync(join(home, 'main.mjs'), '// changed\n');
  return { at, plugin, home, host: await startHost({ ...at, verify: 'enforce' }) };
}

describe('what has the place of a plugin and is none', () => {
  it.each([
    ['a link that leads nowhere', (home: string) => symlinkSync('/nowhere', home)],
    ['a file', (home: string) => writeFileSync(home, 'mine')],
  ])('%s: is listed, can be updated, and removed', async (_, put) => {
    const [at, plugin] = [places(), scriptedPlugin()];
    const { name } = plugin;
    const home = join(at.dir, 'plugins/portables', name);
    mkdirSync(join(home, '..'), { recursive: true });
    put(home);
    const host = await startHost(at);
    expect(host.plugins.broken()).toMatchObject([{ dir: home, error: { code: 'ERR_MANIFEST_MISSING' } }]);
    await expect(host.plugins.install(plugin.dir)).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXISTS' });
    await host.plugins.update(name, plugin.dir);
    expect(await host.function(plugin.symbol('echo')).exec(7)).toBe(7);
    await host.plugins.remove(name);
    put(home);
    await host.stop();
    const again = await startHost(at);
    await again.plugins.remove(name);
    await again.plugins.install(plugin.dir);
    expect(brokenOnes(again)).toEqual([]);
  });
});

const brokenOnes = (host: Host): readonly string[] => host.plugins.broken().map(({ error }) => error.code);
const versionsIn = (dir: string): readonly string[] => readdirSync(join(dir, 'plugins/.versions'));

describe('an update of a plugin that can not be loaded', () => {
  it('brings one that can, which is there after a restart too', async () => {
    const { at, plugin, home, host } = await broken(scriptedPlugin());
    const { name, symbol } = plugin;
    expect(brokenOnes(host)).toEqual(['ERR_MANIFEST_INVALID']);
    const report = await host.plugins.update(name, plugin.dir);
    expect(report).toMatchObject({
      ...{ name, from: '', to: 'v1.0.0', strategy: 'replace' },
      ...{ sources: [], functions: [], sinks: [] },
    });
    expect(host.plugins.get(name).lastUpdate).toBe(report);
    expect(brokenOnes(host)).toEqual([]);
    expect(host.plugins.get(name)).toMatchObject({ state: { phase: 'ready' }, source: plugin.dir, changed: [] });
    expect(await host.function(symbol('echo')).exec(7)).toBe(7);
    expect(existsSync(join(home, 'mine.txt'))).toBe(false);
    expect(versionsIn(at.dir)).toHaveLength(1);
    // From now on it is a plugin as any other.
    expect(await host.plugins.update(name, versionNaming(plugin, 'v2.0.0').dir)).toMatchObject({ from: 'v1.0.0' });
    await host.stop();
    const again = await startHost(at);
    expect(again.plugins.get(name).manifest.version).toBe('v2.0.0');
    expect(brokenOnes(again)).toEqual([]);
    await again.plugins.remove(name);
    expect(leftovers(at, [name])).toEqual([]);
  });

  it.each([
    ['before', false],
    ['after', true],
  ])('puts right what somebody has changed, %s an update', async (_, update) => {
    const { at, plugin, host } = await changed({ update });
    const { name, symbol } = plugin;
    expect(brokenOnes(host)).toEqual(['ERR_PLUGIN_CHANGED']);
    const from = update ? 'v1.5.0' : 'v1.0.0';
    expect(await host.plugins.update(name, plugin.dir)).toMatchObject({ from, to: 'v1.0.0' });
    expect(brokenOnes(host)).toEqual([]);
    expect(await host.function(symbol('echo')).exec(7)).toBe(7);
    expect(versionsIn(at.dir)).toHaveLength(1);
  });

  it.each([
    ['is not there', () => '/nowhere', 'ERR_INSTALL_NOT_FOUND'],
    ['is another plugin', () => scriptedPlugin().dir, 'ERR_PLUGIN_MISMATCH'],
    ['never connects', (dir: string) => dir, 'ERR_PLUGIN_HANDSHAKE'],
  ])('that %s leaves it as it was', async (_, source, code) => {
    const bad = badPlugin('never-connects');
    const { name } = bad;
    const { at, home, host } = await broken(bad);
    await expect(host.plugins.update(name, source(bad.dir))).rejects.toMatchObject({ code });
    expect(host.plugins.broken()).toEqual([
      { dir: home, error: expect.objectContaining({ code: 'ERR_MANIFEST_INVALID' }) },
    ]);
    expect(host.plugins.list()).toEqual([]);
    expect(readFileSync(join(home, 'mine.txt'), 'utf8')).toBe('mine');
    expect(leftovers(at, [name])).toEqual([`portables/${name}`]);
    // And it can be tried again.
    await expect(host.plugins.update(name, '/nowhere')).rejects.toMatchObject({ code: 'ERR_INSTALL_NOT_FOUND' });
    await host.plugins.remove(name);
    expect(leftovers(at, [name])).toEqual([]);
  });

  it('with a symbol of another plugin leaves it as it was', async () => {
    const { plugin, host } = await broken(scriptedPlugin());
    const owner = scriptedPlugin({ functions: [plugin.symbol('echo')] });
    await host.plugins.install(owner.dir);
    await expect(host.plugins.update(plugin.name, plugin.dir)).rejects.toMatchObject({ code: 'ERR_SYMBOL_TAKEN' });
    expect(brokenOnes(host)).toEqual(['ERR_MANIFEST_INVALID']);
    expect(host.plugins.list().map(({ name }) => name)).toEqual([owner.name]);
  });

  it('is taken back when the host stops', async () => {
    const bad = badPlugin('never-connects');
    const { at, plugin, home, host } = await broken(bad);
    const refused = expect(host.plugins.update(plugin.name, bad.dir)).rejects.toMatchObject({
      code: 'ERR_HOST_STOPPED',
    });
    while (!host.plugins.has(plugin.name)) await new Promise(setImmediate);
    await expect(host.plugins.remove(plugin.name)).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
    await host.stop();
    await refused;
    expect(readFileSync(join(home, 'mine.txt'), 'utf8')).toBe('mine');
    expect(leftovers(at, [plugin.name])).toEqual([`portables/${plugin.name}`]);
  });
});

describe('a plugin that can not be loaded', () => {
  it.each(['start', 'stop'] as const)('says why, when it is to %s', async (verb) => {
    const { plugin, host } = await broken(scriptedPlugin());
    const error = await errorOf(() => host.plugins[verb](plugin.name));
    expect(error).toMatchObject({ code: 'ERR_MANIFEST_INVALID', message: expect.stringContaining('is no JSON') });
    expect(error.message).toContain(`plugin ${plugin.name} is not loaded: `);
  });
});
