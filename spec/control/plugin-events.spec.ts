import { describe, expect, it } from '@jest/globals';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newsOf, type PluginNews } from '../../lib/control/plugin-events.js';
import { pluginStopped } from '../../lib/errors.js';
import type { Host, PluginEvent } from '../../lib/index.js';
import type { ProcessState } from '../../lib/process/state.js';
import { linesLog } from '../helpers/lines-log.js';
import { startHost } from '../helpers/host.js';
import { scriptedPlugin, versionNaming } from '../helpers/scripted-plugin.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const error = pluginStopped('thermo');
const exit = { code: 1, signal: null, output: [] };

describe('news of a process', () => {
  it.each<[ProcessState, PluginNews | undefined]>([
    [{ phase: 'starting', attempt: 0, crashes: [] }, undefined],
    [
      { phase: 'ready', pid: 7, since: 1, attempt: 0, crashes: [] },
      { type: 'ready', pid: 7 },
    ],
    [
      { phase: 'backoff', attempt: 1, until: 5, error, exit, crashes: [1] },
      { type: 'backoff', error },
    ],
    [
      { phase: 'failed', error, exit },
      { type: 'failed', error },
    ],
    [{ phase: 'stopping' }, undefined],
    [{ phase: 'stopped' }, { type: 'stopped' }],
  ])('%o', (state, news) => {
    expect(newsOf(state)).toEqual(news);
  });
});

describe('events$ of the plugins', () => {
  function listen({ plugins }: Pick<Host, 'plugins'>) {
    const events: PluginEvent[] = [];
    let completed = false;
    plugins.events$.subscribe({ next: (event) => events.push(event), complete: () => (completed = true) });
    /** What has been told since it was asked last. */
    const news = (): readonly string[] => events.splice(0).map(({ type, name }) => `${type} ${name}`);
    return { events, news, completed: (): boolean => completed };
  }

  it('tell what is done to a plugin, and what its process comes to, in order', async () => {
    const host = await startHost();
    const { plugins } = host;
    const plugin = scriptedPlugin();
    const { name } = plugin;
    const { events, news, completed } = listen(host);
    const begun = Date.now();
    await plugins.install(plugin.dir);
    expect(events).toEqual([
      { type: 'ready', name, at: expect.any(Number), pid: plugins.get(name).pid },
      { type: 'installed', name, at: expect.any(Number) },
    ]);
    for (const { at } of events) expect([at >= begun, at <= Date.now()]).toEqual([true, true]);
    news();
    process.kill(plugins.get(name).pid ?? 0, 'SIGKILL');
    await until(() => events.length === 2, 'it is back');
    expect(events[0]).toMatchObject({ type: 'backoff', error: { code: 'ERR_PLUGIN_EXITED' } });
    expect(news()).toEqual([`backoff ${name}`, `ready ${name}`]);
    await plugins.stop(name);
    expect(news()).toEqual([`stopped ${name}`]);
    await plugins.start(name);
    expect(news()).toEqual([`ready ${name}`]);
    const report = await plugins.update(name, versionNaming(plugin, 'v2.0.0').dir);
    expect(events.at(-1)).toMatchObject({ type: 'updated', report });
    expect(news()).toEqual([`ready ${name}`, `updated ${name}`]);
    await plugins.update(name, versionNaming(plugin, 'v3.0.0').dir, { strategy: 'replace' });
    expect(news()).toEqual([`stopped ${name}`, `ready ${name}`, `updated ${name}`]);
    await plugins.remove(name);
    expect(news()).toEqual([`stopped ${name}`, `removed ${name}`]);
    expect(completed()).toBe(false);
  });

  it('tell of one that does not come, and of one that is given up', async () => {
    const host = await startHost();
    const { news } = listen(host);
    const plugin = scriptedPlugin();
    writeFileSync(join(plugin.dir, 'main.mjs'), 'process.exit(3);');
    await expect(host.plugins.install(plugin.dir)).rejects.toMatchObject({ code: 'ERR_PLUGIN_EXITED' });
    expect(news()).toEqual([`backoff ${plugin.name}`, `stopped ${plugin.name}`, `removed ${plugin.name}`]);
    // Nothing of it has begun.
    await expect(host.plugins.install(tempFolder())).rejects.toMatchObject({ code: 'ERR_MANIFEST_MISSING' });
    expect(news()).toEqual([]);
  });

  it('tell of one in the place of a broken one, and of the folder of such a one', async () => {
    const dir = join(tempFolder(), 'data');
    const [plugin, other] = [scriptedPlugin(), scriptedPlugin()];
    const first = await startHost({ dir });
    for (const one of [plugin, other]) await first.plugins.install(one.dir);
    await first.stop();
    for (const { name } of [plugin, other]) appendFileSync(join(dir, 'plugins/portables', name, `${name}.json`), '}');
    const host = await startHost({ dir });
    const { news } = listen(host);
    await host.plugins.update(plugin.name, plugin.dir);
    expect(news()).toEqual([`ready ${plugin.name}`, `updated ${plugin.name}`]);
    await host.plugins.remove(other.name);
    expect(news()).toEqual([`removed ${other.name}`]);
  });

  it('complete with the host, and at once for who comes later; what a subscriber throws is logged', async () => {
    const { log, lines } = linesLog();
    const host = await startHost({ logger: log });
    host.plugins.events$.subscribe(() => {
      throw new Error('mine');
    });
    const { news, completed } = listen(host);
    const plugin = scriptedPlugin();
    await host.plugins.install(plugin.dir);
    await host.stop();
    expect([news(), completed()]).toEqual([
      ['ready', 'installed', 'stopped'].map((type) => `${type} ${plugin.name}`),
      true,
    ]);
    expect(lines.filter((line) => line.includes('mine'))).toHaveLength(3);
    expect(listen(host).completed()).toBe(true);
  });
});
