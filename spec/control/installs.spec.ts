import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { badPlugin } from '../helpers/bad-plugin.js';
import { startHost } from '../helpers/host.js';
import { leftovers, processesOf } from '../helpers/leftovers.js';
import { places } from '../helpers/refused.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { until } from '../helpers/until.js';

/** Of a plugin whose process is there, and never shakes hands; `refused` once it is removed. */
async function onItsWay() {
  const at = places();
  const host = await startHost({ ...at, killTimeout: 200 });
  const plugin = badPlugin('never-connects');
  const installed = host.plugins.install(plugin.dir);
  const refused = expect(installed).rejects.toMatchObject({ code: 'ERR_PLUGIN_STOPPED' });
  await until(() => processesOf(at.dir, [plugin.name]).length > 0);
  return { at, host, plugin, refused };
}

describe('an installation', () => {
  it.each([
    ['at once', () => Promise.resolve(true)],
    ['while its process comes up', (dir: string, name: string) => until(() => processesOf(dir, [name]).length > 0)],
  ])('is taken back when the host stops %s', async (_, moment) => {
    const at = places();
    const host = await startHost({ ...at, killTimeout: 200 });
    const plugin = badPlugin('never-connects');
    const installed = host.plugins.install(plugin.dir);
    const refused = expect(installed).rejects.toMatchObject({ code: 'ERR_HOST_STOPPED' });
    await moment(at.dir, plugin.name);
    await host.stop();
    await refused;
    expect(leftovers(at, [plugin.name, plugin.symbol])).toEqual([]);
    expect(existsSync(join(at.dir, 'host.lock'))).toBe(false);
  });

  it('ends when its plugin is removed meanwhile, and does not touch the next one of that name', async () => {
    const { at, host, plugin, refused } = await onItsWay();
    await host.plugins.remove(plugin.name);
    await refused;
    expect(leftovers(at, [plugin.name, plugin.symbol])).toEqual([]);
  });

  it('is not met by an update before its process has come', async () => {
    const { host, plugin, refused } = await onItsWay();
    const update = host.plugins.update(plugin.name, plugin.dir);
    await expect(update).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
    expect(host.plugins.get(plugin.name).state.phase).toBe('starting');
    await host.plugins.remove(plugin.name);
    await refused;
  });

  it('is not met by a stop or a start before its process has come', async () => {
    const { host, plugin, refused } = await onItsWay();
    await expect(host.plugins.stop(plugin.name)).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
    await expect(host.plugins.start(plugin.name)).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
    // Nothing has become of it: it is still on its way.
    expect(host.plugins.installing()).toEqual([plugin.name]);
    expect(host.plugins.get(plugin.name).state.phase).toBe('starting');
    await host.plugins.remove(plugin.name);
    await refused;
  });

  it('is met by no update while its files are put in their place', async () => {
    const host = await startHost();
    const { dir, name } = scriptedPlugin();
    const installed = host.plugins.install(dir);
    // Each step on the disk takes a turn of the loop at least.
    while (!host.plugins.installing().includes(name)) await new Promise(setImmediate);
    expect(host.plugins.has(name)).toBe(false);
    expect(() => host.plugins.get(name)).toThrow(expect.objectContaining({ code: 'ERR_PLUGIN_BUSY' }));
    await expect(host.plugins.update(name, dir)).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
    expect((await installed).state.phase).toBe('ready');
    expect(host.plugins.installing()).toEqual([]);
    // Now it can be.
    expect(await host.plugins.update(name, dir)).toMatchObject({ name });
  });

  it('is taken back by a removal while its files are put in their place, and then can be made again', async () => {
    const at = places();
    const host = await startHost(at);
    const { dir, name } = scriptedPlugin();
    const refused = expect(host.plugins.install(dir)).rejects.toMatchObject({ code: 'ERR_PLUGIN_STOPPED' });
    while (!host.plugins.installing().includes(name)) await new Promise(setImmediate);
    await Promise.all([host.plugins.remove(name), host.plugins.remove(name)]);
    await refused;
    expect(leftovers(at, [name])).toEqual([]);
    await expect(host.plugins.remove(name)).rejects.toMatchObject({ code: 'ERR_PLUGIN_UNKNOWN' });
    expect(await host.plugins.install(dir)).toMatchObject({ name });
  });

  it('has the name that was asked for from its beginning', async () => {
    const host = await startHost();
    const { dir, name } = scriptedPlugin();
    const installed = host.plugins.install(dir, { name });
    expect(host.plugins.installing()).toEqual([name]);
    await expect(host.plugins.install(dir, { name })).rejects.toMatchObject({
      code: 'ERR_PLUGIN_EXISTS',
      message: expect.stringContaining('is being installed already'),
    });
    await installed;
  });

  it('does not begin while a plugin of that name is being removed', async () => {
    const at = places();
    const host = await startHost({ ...at, killTimeout: 2_000 });
    const plugin = badPlugin('ignores-sigterm');
    await host.plugins.install(plugin.dir);
    const removed = host.plugins.remove(plugin.name);
    await expect(host.plugins.install(plugin.dir)).rejects.toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
    await removed;
    expect(host.plugins.has(plugin.name)).toBe(false);
    expect(leftovers(at, [plugin.name, plugin.symbol])).toEqual([]);
  });

  it('is one of two when both want one name', async () => {
    const host = await startHost();
    const { dir, name } = scriptedPlugin();
    const both = await Promise.allSettled([host.plugins.install(dir), host.plugins.install(dir)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ERR_PLUGIN_EXISTS' } });
    expect(host.plugins.get(name).state.phase).toBe('ready');
  });
});

describe('a removal', () => {
  it('does not begin with a signal that is aborted', async () => {
    const host = await startHost();
    const { dir, name } = scriptedPlugin();
    const plugin = await host.plugins.install(dir);
    const signal = AbortSignal.abort(new Error('no'));
    await expect(host.plugins.remove(name, { force: true, signal })).rejects.toThrow('no');
    expect(host.plugins.get(name).state.phase).toBe('ready');
    expect(existsSync(plugin.dir)).toBe(true);
  });

  it('is over before its host is', async () => {
    const host = await startHost();
    const { dir, name } = scriptedPlugin();
    await host.plugins.install(dir);
    let removed = false;
    void host.plugins.remove(name).then(() => (removed = true));
    await host.stop();
    expect(removed).toBe(true);
  });

  it('is carried out once it has begun', async () => {
    const host = await startHost();
    const { dir, name } = scriptedPlugin();
    await host.plugins.install(dir);
    const controller = new AbortController();
    const removed = host.plugins.remove(name, { signal: controller.signal });
    controller.abort();
    await removed;
    expect(host.plugins.has(name)).toBe(false);
  });
});

describe('a host that has stopped', () => {
  it('installs, removes, finds and starts nothing any more', async () => {
    const host = await startHost();
    const { dir, name, symbol } = scriptedPlugin();
    await host.plugins.install(dir);
    await host.stop();
    const stopped = { code: 'ERR_HOST_STOPPED' };
    await expect(host.plugins.install(dir)).rejects.toMatchObject(stopped);
    await expect(host.plugins.remove(name)).rejects.toMatchObject(stopped);
    expect(() => host.plugins.get(name)).toThrow(expect.objectContaining(stopped));
    expect(() => host.function(symbol('echo'))).toThrow(expect.objectContaining(stopped));
    expect(() => host.rule('r', () => [])).toThrow(expect.objectContaining(stopped));
    expect(host.plugins.list()).toEqual([]);
  });
});
