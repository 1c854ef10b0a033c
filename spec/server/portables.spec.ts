/** `/plugins/portables` as a live eKuiper answers: Appendix A of the wire contract, row by row. */
import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { startRest } from '../helpers/rest.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { idle, RuleFolder, startService } from '../helpers/service.js';
import { tempFolder, unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { zipped } from '../helpers/zipped.js';

const TEXT = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';

/** A service with one plugin. */
async function withPlugin() {
  const dir = join(tempFolder(), 'data');
  const service = await startService({ dir });
  const plugin = scriptedPlugin();
  await service.host.plugins.install(plugin.dir);
  return { dir, service, plugin, rest: await startRest(service) };
}

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
    const { dir, plugin, rest } = await withPlugin();
    const functions = ['echo', 'add', 'slow', 'pid', 'fail', 'exit', 'empty', 'mute'] as const;
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
    const { plugin, rest, service } = await withPlugin();
    const path = `/plugins/portables/${plugin.name}/status`;
    expect((await rest.get(path)).text).toMatch(/^\{"refCount":\{\},"status":"running","errMsg":"",/);
    const id = unique('r');
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

  it('says stop, error and initializing, and why', async () => {
    const { plugin, rest, service } = await withPlugin();
    const path = `/plugins/portables/${plugin.name}/status`;
    await service.host.plugins.stop(plugin.name);
    expect((await rest.get(path)).json()).toMatchObject({ status: 'stop', errMsg: '', pid: null });
    await service.host.plugins.start(plugin.name);
    process.kill(service.host.plugins.get(plugin.name).pid ?? 0, 'SIGKILL');
    await until(() => service.host.plugins.get(plugin.name).state.phase === 'backoff');
    const { text, json } = await rest.get(path);
    expect(text).toMatch(/^\{"refCount":\{\},"status":"initializing","errMsg":"plugin .* exited with signal SIGKILL/);
    expect(json()).toMatchObject({ lastErrors: [{ code: 'ERR_PLUGIN_EXITED' }] });
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
    expect(JSON.stringify(told)).toBe(JSON.stringify({ error, message, code: 'ERR_PLUGIN_UNKNOWN' }));
    expect(reason).toContain('nope');
  });
});

describe('POST /plugins/portables', () => {
  it('installs a zip and a folder, starts it, and says so', async () => {
    const service = await startService();
    const { ask, get } = await startRest(service);
    const [one, two] = [scriptedPlugin(), scriptedPlugin()];
    const created = await ask('POST', '/plugins/portables', { name: one.name, file: zipped(one.dir, one.name).url });
    expect(created).toMatchObject({
      status: 201,
      headers: { 'content-type': TEXT },
      text: `portable plugin ${one.name} is created`,
    });
    expect((await get(`/plugins/portables/${one.name}/status`)).json()).toMatchObject({ status: 'running' });
    // As curl -d says it, with spaces around the name, which eKuiper trims.
    const body = JSON.stringify({ name: ` ${two.name} `, file: `file://${two.dir}` });
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await ask('POST', '/plugins/portables', body, type)).toMatchObject({
      status: 201,
      text: `portable plugin ${two.name} is created`,
    });
  });

  it('refuses in the words of eKuiper', async () => {
    const { plugin, rest } = await withPlugin();
    const other = scriptedPlugin();
    const zip = zipped(other.dir, other.name);
    const refused = async (body: unknown): Promise<Record<string, unknown>> => {
      const answer = await rest.ask('POST', '/plugins/portables', body);
      expect(answer).toMatchObject({ status: 400, headers: { 'content-type': TEXT } });
      expect(answer.text).toMatch(/^\{"error":1000,"message":"/);
      return answer.json();
    };
    const prefix = 'portable plugin create command error:';
    expect(await refused({ name: plugin.name, file: zip.url })).toMatchObject({
      message: `${prefix} invalid name ${plugin.name}: duplicate`,
      code: 'ERR_PLUGIN_EXISTS',
    });
    expect((await refused({ name: other.name })).message).toBe(`${prefix} invalid uri `);
    expect((await refused({ name: other.name, file: 'nonsense' })).message).toBe(`${prefix} invalid uri nonsense`);
    expect((await refused({ name: '  ', file: zip.url })).message).toBe(`${prefix} invalid name : should not be empty`);
    expect((await refused({ name: other.name, file: 'file:///nope/x.zip' })).message).toMatch(
      new RegExp(`^${prefix} fail to download file file:///nope/x.zip: `),
    );
    const wrong = unique('other');
    expect(await refused({ name: wrong, file: zip.url })).toMatchObject({
      message: `${prefix} fail to install plugin: missing or invalid json file ${wrong}.json, found ${zip.entries} files in total`,
      code: expect.stringMatching(/^ERR_(PLUGIN_MISMATCH|MANIFEST_MISSING)$/),
      reason: expect.stringContaining(other.name),
    });
    const json = 'Invalid body: Error decoding the portable plugin json: ';
    expect((await refused('{"name":')).message).toMatch(new RegExp(`^${json}`));
    expect((await refused('')).message).toMatch(new RegExp(`^${json}`));
    expect((await refused({ name: 5 })).message).toMatch(new RegExp(`^${json}`));
    expect((await refused([])).message).toMatch(new RegExp(`^${json}`));
    expect((await rest.get('/plugins/portables')).json()).toHaveLength(1);
  });

  it('says why a plugin does not start, and leaves nothing', async () => {
    const { ask, get } = await startRest(await startService());
    const { dir, name } = scriptedPlugin({ executable: 'nope.mjs' });
    const answer = await ask('POST', '/plugins/portables', { name, file: `file://${dir}` });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      message: expect.stringContaining('portable plugin create command error: fail to install plugin: plugin '),
      code: 'ERR_PLUGIN_EXECUTABLE',
    });
    expect((await get('/plugins/portables')).text).toBe('[]');
  });
});

describe('PUT /plugins/portables/{name}', () => {
  it('puts another version in its place', async () => {
    const { plugin, rest } = await withPlugin();
    const path = `/plugins/portables/${plugin.name}?strategy=replace&force=true`;
    const answer = await rest.ask('PUT', path, { name: plugin.name, file: zipped(plugin.dir, plugin.name).url });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': TEXT },
      text: `portable plugin ${plugin.name} is updated`,
    });
  });

  it('refuses a body that names another plugin, and changes nothing', async () => {
    const { plugin, rest, service } = await withPlugin();
    const { pid } = service.host.plugins.get(plugin.name);
    const other = scriptedPlugin();
    for (const name of [other.name, '']) {
      const answer = await rest.ask('PUT', `/plugins/portables/${plugin.name}`, { name, file: `file://${other.dir}` });
      expect(answer.status).toBe(400);
      expect(answer.json()).toMatchObject({
        error: 1000,
        message: `portable plugin update command error: invalid name ${name}: the path names ${plugin.name}`,
      });
    }
    expect((await rest.get('/plugins/portables')).json()).toMatchObject([{ name: plugin.name }]);
    expect(service.host.plugins.get(plugin.name).pid).toBe(pid);
  });

  it('refuses what holds another plugin, and an unknown strategy', async () => {
    const { plugin, rest } = await withPlugin();
    const other = scriptedPlugin();
    const body = { name: plugin.name, file: zipped(other.dir, other.name).url };
    expect((await rest.ask('PUT', `/plugins/portables/${plugin.name}`, body)).json()).toMatchObject({
      message: expect.stringMatching(
        /^portable plugin update command error: fail to install plugin: missing or invalid/,
      ),
    });
    const answer = await rest.ask('PUT', `/plugins/portables/${plugin.name}?strategy=hope`, body);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.json()).toMatchObject({ code: 'ERR_REQUEST_INVALID' });
  });
});

describe('DELETE /plugins/portables/{name}', () => {
  it('deletes it, unless rules use it, which are named; then when it is forced', async () => {
    const { plugin, rest, service } = await withPlugin();
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
    const { plugin, rest } = await withPlugin();
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

it('answers for a rule file as for a plugin: nothing of one is the other', async () => {
  const folder = new RuleFolder({ 'a.ts': idle('a') });
  const { get } = await startRest(await startService({ rules: [folder.dir] }));
  expect((await get('/plugins/portables/a')).status).toBe(404);
});
