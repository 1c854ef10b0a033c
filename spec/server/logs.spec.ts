import { describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { startRest } from '../helpers/rest.js';
import { startService } from '../helpers/service.js';
import { talkativePlugin } from '../helpers/talkative-plugin.js';
import { until } from '../helpers/until.js';

async function talking(lines: number) {
  const service = await startService();
  const plugin = talkativePlugin(lines);
  const { logs, pid } = await service.host.plugins.install(plugin);
  await until(() => logs().length >= Math.min(lines, 1_000));
  const [name = ''] = service.host.plugins.list().map((one) => one.name);
  return { service, name, pid, rest: await startRest(service), path: `/plugins/portables/${name}/logs` };
}

describe('the logs of a plugin', () => {
  it('are its last lines, or as many of them as are asked for', async () => {
    const { rest, path } = await talking(3);
    expect((await rest.get(path)).json()).toEqual([
      { at: expect.any(Number), stream: 'stderr', text: 'line 0' },
      { at: expect.any(Number), stream: 'stderr', text: 'line 1' },
      { at: expect.any(Number), stream: 'stderr', text: 'line 2' },
    ]);
    expect((await rest.get(`${path}?lines=1`)).json()).toMatchObject([{ text: 'line 2' }]);
    expect((await rest.get(`${path}?lines=0`)).text).toBe('[]');
    expect((await rest.get(`${path}?lines=9`)).json()).toHaveLength(3);
  });

  it('are told by their headers alone to HEAD, also those that go on: nothing is held open', async () => {
    const { rest, path } = await talking(1);
    // More than may follow at a time, on a connection that stays.
    const head = `HEAD ${path}?follow=true HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
    const socket = connect(Number(new URL(rest.url).port), '127.0.0.1');
    let answers = '';
    socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
    socket.write(head.repeat(70));
    await until(() => answers.split('HTTP/1.1 200 OK').length === 71);
    expect(answers.match(/content-type: text\/event-stream/g)).toHaveLength(70);
    expect((await rest.ask('HEAD', '/plugins/portables/nope/logs?follow=true')).status).toBe(404);
    const following = await fetch(`${rest.url}${path}?follow=true`);
    expect(following.status).toBe(200);
    await following.body?.cancel();
    socket.destroy();
  });

  it('go on as server-sent events, and end with the plugin', async () => {
    const { service, rest, path, name, pid = 0 } = await talking(2);
    const response = await fetch(`${rest.url}${path}?follow=true&lines=1`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    let text = '';
    const reading = (async (): Promise<void> => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString();
    })();
    await until(() => text.includes('"line 1"'));
    expect(text).not.toContain('"line 0"');
    // The fixture says one more line for each.
    process.kill(pid, 'SIGUSR2');
    await until(() => text.includes('"one more"'));
    expect(text.trim().split('\n\n')).toHaveLength(2);
    await service.host.plugins.remove(name);
    await reading;
  });

  it('end when the server is closed, and for a client that goes away nothing is kept', async () => {
    const { rest, path } = await talking(1);
    const controller = new AbortController();
    const gone = await fetch(`${rest.url}${path}?follow=true`, { signal: controller.signal });
    controller.abort();
    await expect(gone.text()).rejects.toThrow();
    const response = await fetch(`${rest.url}${path}?follow=true`);
    await rest.close();
    expect(await response.text().catch(() => 'cut')).toBeDefined();
  });

  it('are followed by 64 clients at most', async () => {
    const { rest, path } = await talking(1);
    const controllers = Array.from({ length: 64 }, () => new AbortController());
    for (const { signal } of controllers) await fetch(`${rest.url}${path}?follow=true`, { signal });
    const answer = await rest.get(`${path}?follow=true`);
    expect(answer.status).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'ERR_STREAMS' });
    for (const controller of controllers) controller.abort();
    // Their ends take a moment to arrive.
    const follow = async (): Promise<number> => {
      const controller = new AbortController();
      const { status } = await fetch(`${rest.url}${path}?follow=true`, { signal: controller.signal });
      controller.abort();
      return status;
    };
    while ((await follow()) !== 200);
  });
});
