import { expect, it } from '@jest/globals';
import { type Asked, devServer } from '../helpers/dev-server.js';
import { scriptedPlugin, type ScriptedPlugin } from '../helpers/scripted-plugin.js';

const exec = (server: Asked, { symbol }: ScriptedPlugin) =>
  server.post('/symbol/exec', { symbolName: symbol('echo'), args: ['a'] });

it('has symbols of one plugin alone, and another one runs beside in a test server of its own', async () => {
  const [one, two] = [scriptedPlugin(), scriptedPlugin()];
  const first = await devServer({ folder: one.dir });
  const second = await devServer({ folder: two.dir });
  for (const [server, own, other] of [
    [first, one, two],
    [second, two, one],
  ] as const) {
    expect(server.name).toBe(own.name);
    expect(await exec(server, own)).toMatchObject({ status: 200, body: { result: 'a' } });
    expect(await exec(server, other)).toMatchObject({ status: 404, body: { code: 'ERR_SYMBOL_UNKNOWN' } });
  }
});
