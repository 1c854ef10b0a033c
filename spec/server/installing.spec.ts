/** What is told of a plugin while it is being installed, which takes as long as its install.sh does. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startRest } from '../helpers/rest.js';
import { leftovers } from '../helpers/leftovers.js';
import { places } from '../helpers/refused.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { startService } from '../helpers/service.js';
import { until } from '../helpers/until.js';
import { zipped } from '../helpers/zipped.js';

/** A service whose installation of a plugin has come to its install.sh, which waits for `go`. */
async function installing(before: (dir: string, name: string) => void = () => undefined) {
  const at = places();
  const plugin = scriptedPlugin();
  before(at.dir, plugin.name);
  const service = await startService({ ...at, allowScripts: true });
  const rest = await startRest(service);
  const [begun, gate] = [join(at.dir, 'begun'), join(at.dir, 'gate')];
  writeFileSync(join(plugin.dir, 'install.sh'), `touch '${begun}'; while [ ! -e '${gate}' ]; do sleep 0.02; done`);
  const body = { name: plugin.name, file: zipped(plugin.dir, plugin.name).url };
  const created = rest.ask('POST', '/plugins/portables', body);
  await until(() => existsSync(begun), 'install.sh runs');
  return {
    at,
    rest,
    service,
    plugin,
    body,
    created,
    path: `/plugins/portables/${plugin.name}`,
    go: () => writeFileSync(gate, ''),
  };
}

describe('a plugin that is being installed', () => {
  it('is initializing, has no logs, and is there for the rest of REST when its process is', async () => {
    const { rest, path, plugin, created, go } = await installing();
    const status = await rest.get(`${path}/status`);
    expect(status).toMatchObject({ status: 200, text: '{"refCount":{},"status":"initializing","errMsg":""}' });
    expect(await rest.get(`${path}/logs`)).toMatchObject({ status: 200, text: '[]' });
    const followed = await rest.get(`${path}/logs?follow=true`);
    expect(followed).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream' }, text: '' });
    const described = await rest.get(path);
    expect(described.status).toBe(404);
    expect(described.json()).toEqual({
      error: 1002,
      message: `describe portable plugin ${plugin.name} error: not found`,
      code: 'ERR_PLUGIN_BUSY',
      reason: expect.stringContaining(`plugin ${plugin.name} is being installed`),
      details: { name: plugin.name },
    });
    expect((await rest.get('/plugins/portables')).text).toBe('[]');
    go();
    expect((await created).status).toBe(201);
    expect((await rest.get(`${path}/status`)).json()).toMatchObject({ status: 'running', version: 'v1.0.0' });
    expect((await rest.get(path)).json()).toMatchObject({ name: plugin.name });
  });

  it('is a duplicate for a second installation, which does not disturb the first one', async () => {
    const { rest, plugin, body, created, go } = await installing();
    const second = await rest.ask('POST', '/plugins/portables', body);
    expect(second.status).toBe(400);
    expect(second.json()).toMatchObject({
      error: 1000,
      message: `portable plugin create command error: invalid name ${plugin.name}: duplicate`,
      code: 'ERR_PLUGIN_EXISTS',
      reason: expect.stringContaining('is being installed already'),
    });
    go();
    expect((await created).text).toBe(`portable plugin ${plugin.name} is created`);
  });

  it('is neither updated, started nor stopped, and says why', async () => {
    const { rest, path, body, created, go } = await installing();
    const updated = await rest.ask('PUT', path, body);
    expect(updated.status).toBe(400);
    expect(updated.json()).toMatchObject({
      message: expect.stringMatching(/^portable plugin update command error: plugin .* is being installed/),
      code: 'ERR_PLUGIN_BUSY',
    });
    for (const verb of ['start', 'stop']) {
      const answer = await rest.ask('POST', `${path}/${verb}`);
      expect([answer.status, answer.json<{ code: string }>().code]).toEqual([409, 'ERR_PLUGIN_BUSY']);
    }
    go();
    expect((await created).status).toBe(201);
  });

  it('is taken back by DELETE, at once and without a trace', async () => {
    const { at, rest, path, plugin, body, created, go } = await installing();
    const before = Date.now();
    expect(await rest.ask('DELETE', path)).toMatchObject({
      status: 200,
      text: `portable plugin ${plugin.name} is deleted`,
    });
    expect(Date.now() - before).toBeLessThan(5_000);
    const refused = await created;
    expect(refused.status).toBe(400);
    expect(refused.json()).toMatchObject({ code: 'ERR_PLUGIN_STOPPED' });
    expect(leftovers(at, [plugin.name])).toEqual([]);
    expect((await rest.get(`${path}/status`)).status).toBe(404);
    expect((await rest.ask('DELETE', path)).json()).toMatchObject({ code: 'ERR_PLUGIN_UNKNOWN' });
    go();
    expect((await rest.ask('POST', '/plugins/portables', body)).status).toBe(201);
  });

  it('is not mixed up with an older folder of its name that is broken', async () => {
    let home = '';
    const { rest, path, created, go } = await installing((dir, name) => {
      home = join(dir, 'plugins/portable', name);
      mkdirSync(home, { recursive: true });
      writeFileSync(join(home, `${name}.json`), '{');
    });
    expect((await rest.get(path)).json()).toMatchObject({ code: 'ERR_PLUGIN_BUSY' });
    expect(await rest.ask('DELETE', path)).toMatchObject({ status: 200 });
    expect((await created).json()).toMatchObject({ code: 'ERR_PLUGIN_STOPPED' });
    expect(existsSync(home)).toBe(true);
    expect((await rest.get(path)).json()).toMatchObject({ error: expect.stringContaining('is no JSON') });
    go();
    expect(await rest.ask('DELETE', path)).toMatchObject({ status: 200 });
    expect(existsSync(home)).toBe(false);
  });
});
