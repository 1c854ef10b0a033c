/** How plugins are installed and updated, as a live eKuiper answers. */
import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UpdateReport } from '../../lib/index.js';
import { startRest } from '../helpers/rest.js';
import { type ScriptedPlugin, scriptedPlugin, versionNaming } from '../helpers/scripted-plugin.js';
import { startService } from '../helpers/service.js';
import { serviceWithPlugin } from '../helpers/service-with-plugin.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { zipped } from '../helpers/zipped.js';

const TEXT = 'text/plain; charset=utf-8';

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
    const { plugin, rest } = await serviceWithPlugin();
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
    expect((await refused({ file: zip.url })).message).toBe(`${prefix} invalid name : should not be empty`);
    expect((await refused({})).message).toBe(`${prefix} invalid name : should not be empty`);
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
    const { plugin, rest } = await serviceWithPlugin();
    const path = `/plugins/portables/${plugin.name}?strategy=replace&force=true`;
    const answer = await rest.ask('PUT', path, { name: plugin.name, file: zipped(plugin.dir, plugin.name).url });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': TEXT },
      text: `portable plugin ${plugin.name} is updated`,
    });
  });

  it('is told of in the status until the next one: what it has cost, and when it was over', async () => {
    const { plugin, rest, service } = await serviceWithPlugin();
    const id = unique('r');
    const rule = service.host.rule(id, ({ source }) => source(plugin.symbol('count')));
    await until(() => rule.status.phase === 'running', 'the rule runs');
    const path = `/plugins/portables/${plugin.name}`;
    const lastUpdate = async (): Promise<unknown> =>
      (await rest.get(`${path}/status`)).json<{ lastUpdate: unknown }>().lastUpdate;
    const update = async ({ dir, name }: ScriptedPlugin, query = ''): Promise<number> => {
      const answer = await rest.ask('PUT', path + query, { name, file: `file://${dir}` });
      return answer.status;
    };
    const begun = Date.now();
    expect(await update(versionNaming(plugin, 'v2.0.0'))).toBe(200);
    const told = await lastUpdate();
    expect(told).toEqual({
      name: plugin.name,
      at: expect.any(Number),
      from: 'v1.0.0',
      to: 'v2.0.0',
      strategy: 'overlap',
      took: expect.any(Number),
      sources: [{ rule: id, symbol: plugin.symbol('count'), gap: expect.any(Number) }],
      functions: [],
      sinks: [],
    });
    const { at, took } = told as UpdateReport;
    expect([at >= begun + took, at <= Date.now()]).toEqual([true, true]);
    // Nothing has changed by one that was refused, nor by a stop.
    expect(await update(scriptedPlugin())).toBe(400);
    await service.host.plugins.stop(plugin.name);
    expect(await lastUpdate()).toEqual(told);
    await service.host.plugins.start(plugin.name);
    expect(await update(versionNaming(plugin, 'v3.0.0'), '?strategy=replace')).toBe(200);
    expect(await lastUpdate()).toMatchObject({ from: 'v2.0.0', to: 'v3.0.0', strategy: 'replace' });
    expect(service.host.plugins.get(plugin.name).lastUpdate).toEqual(await lastUpdate());
  });

  it('refuses a body that names another plugin, and changes nothing', async () => {
    const { plugin, rest, service } = await serviceWithPlugin();
    const { pid } = service.host.plugins.get(plugin.name);
    const other = scriptedPlugin();
    const nameless = await rest.ask('PUT', `/plugins/portables/${plugin.name}`, { file: `file://${other.dir}` });
    expect(nameless.json()).toMatchObject({
      message: `portable plugin update command error: invalid name : the path names ${plugin.name}`,
    });
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

  it('refuses what holds another plugin or is of another language, and an unknown strategy', async () => {
    const { plugin, rest } = await serviceWithPlugin();
    const other = scriptedPlugin();
    const body = { name: plugin.name, file: zipped(other.dir, other.name).url };
    expect((await rest.ask('PUT', `/plugins/portables/${plugin.name}`, body)).json()).toMatchObject({
      message: expect.stringMatching(
        /^portable plugin update command error: fail to install plugin: missing or invalid/,
      ),
    });
    const file = join(plugin.dir, `${plugin.name}.json`);
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...manifest, language: 'python' }));
    const python = { name: plugin.name, file: zipped(plugin.dir, plugin.name).url };
    expect((await rest.ask('PUT', `/plugins/portables/${plugin.name}`, python)).json()).toMatchObject({
      code: 'ERR_PLUGIN_MISMATCH',
      message: expect.stringMatching(/fail to install plugin: plugin .* has the language node, the new version python/),
    });
    const answer = await rest.ask('PUT', `/plugins/portables/${plugin.name}?strategy=hope`, body);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.json()).toMatchObject({ code: 'ERR_REQUEST_INVALID' });
  });
});
