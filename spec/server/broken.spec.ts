/** A folder that holds no plugin that can be loaded: seen, explained and deleted over REST. */
import { describe, expect, it } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RestBackend } from '../../lib/cli/rest-backend.js';
import { RestClient } from '../../lib/cli/rest-client.js';
import { startRest } from '../helpers/rest.js';
import { places } from '../helpers/refused.js';
import { type ScriptedPlugin, scriptedPlugin } from '../helpers/scripted-plugin.js';
import { startService } from '../helpers/service.js';

/** A service that finds one plugin that it loads, one with the same symbols, and one whose manifest is no JSON. */
async function withBroken() {
  const { dir } = places();
  const portables = join(dir, 'plugins/portables');
  // Of two with one symbol the first by name is loaded.
  const [good, twin] = [scriptedPlugin(), scriptedPlugin()].sort((a, b) => (a.name < b.name ? -1 : 1)) as [
    ScriptedPlugin,
    ScriptedPlugin,
  ];
  const symbols = { sources: [good.symbol('count')], sinks: [], functions: [] };
  const manifest = { version: 'v3', language: 'node', executable: 'main.mjs', ...symbols };
  writeFileSync(join(twin.dir, `${twin.name}.json`), JSON.stringify(manifest));
  for (const plugin of [good, twin]) cpSync(plugin.dir, join(portables, plugin.name), { recursive: true });
  mkdirSync(join(portables, 'zzz'));
  writeFileSync(join(portables, 'zzz/zzz.json'), '{');
  const rest = await startRest(await startService({ dir }));
  return { portables, rest, first: good.name, second: twin.name, symbols };
}

describe('a plugin that can not be loaded', () => {
  it('is listed and described with the keys of every plugin, and why', async () => {
    const { portables, rest, first, second, symbols } = await withBroken();
    const { text, json } = await rest.get('/plugins/portables');
    const list = json<readonly Readonly<Record<string, unknown>>[]>();
    expect(list).toEqual([
      expect.objectContaining({ name: first }),
      {
        name: second,
        version: 'v3',
        language: 'node',
        executable: join(portables, second, 'main.mjs'),
        ...symbols,
        error: expect.stringContaining(symbols.sources[0] ?? ''),
      },
      {
        name: 'zzz',
        version: '',
        language: '',
        executable: '',
        sources: [],
        sinks: [],
        functions: [],
        error: expect.stringContaining('zzz.json: is no JSON'),
      },
    ]);
    expect(list[0]).not.toHaveProperty('error');
    expect(text).toContain('{"name":"zzz","version":"","language":"","executable":"","sources":[],');
    expect((await rest.get('/plugins/portables/zzz')).json()).toEqual(list[2]);
    expect((await rest.get('/plugins/portables/zzz/status')).json()).toMatchObject({ status: 'error' });
    expect(await rest.get('/plugins/portables/zzz/logs')).toMatchObject({ status: 200, text: '[]' });
  });

  it('is seen by the command line, and gone when it is deleted', async () => {
    const { portables, rest, first, second } = await withBroken();
    const backend = new RestBackend(rest.url, new RestClient({ url: rest.url, signal: new AbortController().signal }));
    const names = async (): Promise<readonly string[]> => (await backend.plugins()).map(({ name }) => name);
    expect(await names()).toEqual([first, second, 'zzz']);
    expect((await rest.ask('DELETE', '/plugins/portables/zzz')).text).toBe('portable plugin zzz is deleted');
    expect(await names()).toEqual([first, second]);
    expect(existsSync(join(portables, 'zzz'))).toBe(false);
    expect((await rest.get('/plugins/portables/zzz')).status).toBe(404);
  });

  it('says why when it is to start, and is put right by PUT', async () => {
    const { dir } = places();
    const plugin = scriptedPlugin();
    const home = join(dir, 'plugins/portables', plugin.name);
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, `${plugin.name}.json`), '{');
    const rest = await startRest(await startService({ dir }));
    const path = `/plugins/portables/${plugin.name}`;
    const started = await rest.ask('POST', `${path}/start`);
    expect(started.status).toBe(400);
    expect(started.json()).toMatchObject({
      code: 'ERR_MANIFEST_INVALID',
      message: expect.stringContaining('is no JSON'),
    });
    const body = { name: plugin.name, file: `file://${plugin.dir}` };
    const created = await rest.ask('POST', '/plugins/portables', body);
    expect(created.json()).toMatchObject({ code: 'ERR_PLUGIN_EXISTS', reason: expect.stringContaining('update it') });
    expect(await rest.ask('PUT', path, body)).toMatchObject({
      status: 200,
      text: `portable plugin ${plugin.name} is updated`,
    });
    expect((await rest.get(`${path}/status`)).json()).toMatchObject({ status: 'running' });
    expect((await rest.get('/plugins/portables')).json()).toEqual([
      expect.not.objectContaining({ error: expect.anything() }),
    ]);
  });
});
