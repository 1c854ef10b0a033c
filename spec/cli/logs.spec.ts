import { describe, expect, it } from '@jest/globals';
import type { Answer } from '../helpers/rest-service.js';
import { rxport, Rxport } from '../helpers/rxport.js';
import { at, lines, PLUGINS, thermoService } from '../helpers/thermo-service.js';

describe('the logs of a plugin', () => {
  const time = '2026-05-04 12:03:04.005';

  it('are lines for people, without terminal sequences, and an object a line for programs', async () => {
    const service = await thermoService({ [`GET ${PLUGINS}/thermo/logs`]: { body: lines } });
    const args = ['plugin', 'logs', 'thermo', '-n', '7', '--url', service.url];
    expect((await rxport(args)).stdout).toBe(`${time} stdout hello\n${time} stderr bad\n`);
    expect(
      (await rxport([...args, '--json'])).stdout
        .split('\n')
        .slice(0, 2)
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(lines);
    expect(service.asked[0]?.what).toBe(`GET ${PLUGINS}/thermo/logs?lines=7`);
  });

  it('are said to be none, where nobody reads a list of them', async () => {
    const { url } = await thermoService({ [`GET ${PLUGINS}/thermo/logs`]: { body: [] } });
    const args = ['plugin', 'logs', 'thermo', '--url', url];
    expect(await rxport(args)).toEqual({ code: 0, stdout: '', stderr: 'plugin thermo has printed nothing\n' });
    expect(await rxport([...args, '--json'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('are followed as they come, until Ctrl-C', async () => {
    const service = await thermoService({ [`GET ${PLUGINS}/thermo/logs`]: events });
    const command = new Rxport(['plugin', 'logs', 'thermo', '--follow', '--url', service.url]);
    await command.says('line 3\n');
    command.child.kill('SIGINT');
    expect(await command.finished).toMatchObject({ code: 0, stderr: '' });
    expect(service.asked[0]?.what).toBe(`GET ${PLUGINS}/thermo/logs?follow=true&lines=100`);
  });

  it.each([[[]], [['--json']]])('tell on stderr of lines that were dropped, %j', async (more) => {
    const { url } = await thermoService({
      [`GET ${PLUGINS}/thermo/logs`]: (response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const line = `data: ${JSON.stringify(lines[0])}\n\n`;
        response.end(`${line}event: dropped\ndata: {"count":17}\n\nevent: dropped\ndata: {"count":1}\n\n${line}`);
      },
    });
    const { code, stdout, stderr } = await rxport(['plugin', 'logs', 'thermo', '-f', '--url', url, ...more]);
    expect([code, stderr]).toEqual([0, '17 lines were dropped\n1 line was dropped\n']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  it('end without a word when nobody reads them any more', async () => {
    const { url } = await thermoService({ [`GET ${PLUGINS}/thermo/logs`]: events });
    const command = new Rxport(['plugin', 'logs', 'thermo', '-f', '--url', url]);
    await command.says('line 0\n');
    command.child.stdout?.destroy();
    expect(await command.finished).toMatchObject({ code: 0, stderr: '' });
  });
});

/** A line each 20 ms. */
const events: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let count = 0;
  const timer = setInterval(() => {
    response.write(`data: ${JSON.stringify({ at, stream: 'stdout', text: `line ${count}` })}\n\n`);
    count += 1;
  }, 20);
  response.on('close', () => clearInterval(timer));
};
