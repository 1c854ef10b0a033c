import { expect, it } from '@jest/globals';
import { body, devServer, isReady } from '../helpers/dev-server.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';

it('has 64 clients that listen at most, and takes the next one when one has gone', async () => {
  const { dir, symbol } = scriptedPlugin();
  const server = await devServer({ folder: dir });
  await isReady(server);
  const source = body('source', symbol('count'), { config: { interval: 100 } });
  expect(await server.post('/symbol/start', source)).toMatchObject({ status: 200 });
  const listen = async (path: string) => {
    const controller = new AbortController();
    const response = await fetch(server.url + path, { signal: controller.signal });
    return { response, leave: () => controller.abort() };
  };
  const tap = `/symbol/tap?symbolName=${symbol('count')}`;
  const listeners = [];
  for (let index = 0; index < 32; index += 1) listeners.push(await listen(tap), await listen('/trace'));
  expect(new Set(listeners.map(({ response }) => response.status))).toEqual(new Set([200]));
  for (const path of [tap, '/trace'])
    expect(await server.get(path)).toEqual({
      status: 503,
      body: { code: 'ERR_STREAMS', message: expect.stringContaining('64 clients') },
    });
  // Who asks for something else is answered.
  expect(await server.get('/symbol')).toMatchObject({ status: 200 });
  listeners.pop()?.leave();
  for (;;) {
    const { response, leave } = await listen(tap);
    listeners.push({ response, leave });
    if (response.status === 200) break;
  }
  for (const { leave } of listeners) leave();
});
