/** `/plugins/portables` as a live eKuiper answers, row by row; what installs and updates is in `packages.spec.ts`. */
import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRest } from '../helpers/rest.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { startService } from '../helpers/service.js';
import { serviceWithPlugin } from '../helpers/service-with-plugin.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { zipped } from '../helpers/zipped.js';

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

describe('GET /plugins/portables', () => {
  it('is an empty list without plugins', async () => {
    const { get } = await startRest(await startService());
    expect(await get('/plugins/portables')).toMatchObject({
      status: 200,
      headers: { 'content-type': JSON_TYPE },
      text: '[]',
    });
  });

  it('lists each with what eKuiper tells of it, and nothing else; one alone is told the same', async () => {
    const { dir, plugin, rest } = await serviceWithPlugin();
    const functions = ['echo', 'raw', 'add', 'slow', 'gate', 'pid', 'fail', 'exit', 'empty', 'mute'] as const;
    const told = {
      name: plugin.name,
      version: 'v1.0.0',
      language: 'node',
      executable: join(dir, 'plugins/portables', plugin.name, 'main.mjs'),
      sources: [plugin.symbol('count')],
      sinks: [plugin.symbol('file')],
      functions: functions.map(plugin.symbol),
    };
    expect((await rest.get('/plugins/portables')).text).toBe(JSON.stringify([told]));
    const one = await rest.get(`/plugins/portables/${plugin.name}`);
    expect(one).toMatchObject({ status: 200, text: JSON.stringify(told) });
  });
});

describe('GET /plugins/portables/{name}/status', () => {
  it('begins with refCount, status and errMsg, and goes on with ours', async () => {
    const { plugin, rest, service } = await serviceWithPlugin();
    const path = `/plugins/portables/${plugin.name}/status`;
    expect((await rest.get(path)).text).toMatch(/^\{"refCount":\{\},"status":"running","errMsg":"",/);
    // What every object has of its own is a name as well.
    const id = 'constructor';
    const rule = service.host.rule(id, ({ source, sink }) =>
      source(plugin.symbol('count')).subscribe(
        sink(plugin.symbol('file'), { config: { path: join(tempFolder(), 'out') } }),
      ),
    );
    await until(() => rule.status.phase === 'running');
    const { text, json } = await rest.get(path);
    expect(text.startsWith(`{"refCount":{"${id}":2},"status":"running","errMsg":"",`)).toBe(true);
    expect(json()).toMatchObject({
      version: 'v1.0.0',
      pid: service.host.plugins.get(plugin.name).pid,
      restarts: 0,
      replicas: ['running'],
      symbols: expect.arrayContaining([{ kind: 'source', symbol: plugin.symbol('count'), ruleId: id }]),
      channels: expect.arrayContaining([{ kind: 'control', url: expect.stringContaining('ipc://') }]),
      lastErrors: [],
    });
  });

  it('goes on with what the lock file knows, and what has changed since', async () => {
    const { dir, rest, service } = await serviceWithPlugin();
    const { ask, get } = rest;
    const plugin = scriptedPlugin();
    const zip = zipped(plugin.dir, plugin.name);
    await ask('POST', '/plugins/portables', { name: plugin.name, file: zip.url });
    const path = `/plugins/portables/${plugin.name}/status`;
    const status = (await get(path)).json<Record<string, unknown>>();
    expect(Object.keys(status).slice(-6)).toEqual([
      'lastErrors',
      'installedAt',
      'source',
      'sha256',
      'changed',
      'lastUpdate',
    ]);
    expect(status).toMatchObject({
      installedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      source: fileURLToPath(zip.url),
      sha256: createHash('sha256')
        .update(readFileSync(fileURLToPath(zip.url)))
        .digest('hex'),
      changed: [],
      lastUpdate: null,
    });
    appendFileSync(join(dir, 'plugins/portables', plugin.name, 'sp.mjs'), '\n');
    await service.host.plugins.stop(plugin.name);
    await service.host.plugins.start(plugin.name);
    expect((await get(path)).json()).toMatchObject({ changed: ['sp.mjs'] });
  });

  it('knows nothing of where a plugin comes from that was put there by hand', async () => {
    const dir = join(tempFolder(), 'data');
    const plugin = scriptedPlugin();
    cpSync(plugin.dir, join(dir, 'plugins/portables', plugin.name), { recursive: true });
    const { get } = await startRest(await startService({ dir }));
    const status = (await get(`/plugins/portables/${plugin.name}/status`)).json();
    expect(status).toMatchObject({ installedAt: null, source: null, sha256: null, changed: [] });
  });

  it('says stop, error and initializing, and why', async () => {
    const { plugin, rest, service } = await serviceWithPlugin();
    const path = `/plugins/portables/${plugin.name}/status`;
    await service.host.plugins.stop(plugin.name);
    expect((await rest.get(path)).json()).toMatchObject({ status: 'stop', errMsg: '', pid: null });
    await service.host.plugins.start(plugin.name);
    // It dies of each start: it is not back before it is asked for.
    writeFileSync(join(service.host.plugins.get(plugin.name).dir, 'main.mjs'), 'process.exit(7);\n');
    process.kill(service.host.plugins.get(plugin.name).pid ?? 0, 'SIGKILL');
    await until(() => service.host.plugins.get(plugin.name).state.phase === 'backoff');
    const { text, json } = await rest.get(path);
    expect(text).toMatch(/^\{"refCount":\{\},"status":"initializing","errMsg":"plugin .* exited with /);
    expect(json()).toHaveProperty('lastErrors.0.code', 'ERR_PLUGIN_EXITED');
  });
});

describe('what is not there', () => {
  it.each([
    ['GET', '/plugins/portables/nope', 404, 1002, 'describe portable plugin nope error: not found'],
    ['GET', '/plugins/portables/nope/status', 404, 1002, 'portable plugin nope not found: not found'],
    ['GET', '/plugins/portables/nope/logs', 404, 1002, 'portable plugin nope not found: not found'],
    [
      'DELETE',
      '/plugins/portables/nope',
      400,
      1000,
      'delete portable plugin nope error: portable plugin nope is not found',
    ],
    [
      'PUT',
      '/plugins/portables/nope',
      400,
      1000,
      'portable plugin update command error: portable plugin nope is not found',
    ],
  ])('is told for %s %s', async (method, path, status, error, message) => {
    const { ask } = await startRest(await startService());
    const body = method === 'PUT' ? { name: 'nope', file: 'file:///nope.zip' } : undefined;
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({ status, headers: { 'content-type': TEXT } });
    const { reason, ...told } = answer.json<Record<string, unknown>>();
    const details = { plugin: 'nope' };
    expect(JSON.stringify(told)).toBe(JSON.stringify({ error, message, code: 'ERR_PLUGIN_UNKNOWN', details }));
    expect(reason).toContain('nope');
  });
});

describe('DELETE /plugins/portables/{name}', () => {
  it('deletes it, unless rules use it, which are named; then when it is forced', async () => {
    const { plugin, rest, service } = await serviceWithPlugin();
    const id = unique('r');
    const rule = service.host.rule(id, ({ source }) => source(plugin.symbol('count')), { restart: 'never' });
    await until(() => rule.status.phase === 'running');
    const path = `/plugins/portables/${plugin.name}`;
    const refused = await rest.ask('DELETE', path);
    expect(refused).toMatchObject({ status: 400, headers: { 'content-type': TEXT } });
    expect(refused.json()).toMatchObject({
      error: 1000,
      message: expect.stringMatching(new RegExp(`^delete portable plugin ${plugin.name} error: .*${id}`)),
      code: 'ERR_PLUGIN_IN_USE',
    });
    expect(await rest.ask('DELETE', `${path}?force=true`)).toMatchObject({
      status: 200,
      headers: { 'content-type': TEXT },
      text: `portable plugin ${plugin.name} is deleted`,
    });
    expect((await rule.done).phase).toBe('failed');
    expect((await rest.get(path)).status).toBe(404);
  });
});

describe('POST /plugins/portables/{name}/start and /stop', () => {
  it('stop and start it', async () => {
    const { plugin, rest } = await serviceWithPlugin();
    const path = `/plugins/portables/${plugin.name}`;
    expect(await rest.ask('POST', `${path}/stop`)).toMatchObject({
      status: 200,
      text: `portable plugin ${plugin.name} is stopped`,
    });
    expect((await rest.get(`${path}/status`)).json()).toMatchObject({ status: 'stop' });
    expect((await rest.ask('POST', `${path}/start`)).text).toBe(`portable plugin ${plugin.name} is started`);
    expect((await rest.get(`${path}/status`)).json()).toMatchObject({ status: 'running' });
    expect(await rest.ask('POST', '/plugins/portables/nope/start')).toMatchObject({ status: 404 });
  });
});
