import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Answer } from '../helpers/rest-service.js';
import { commandLine as rxport } from '../helpers/command-line.js';
import { Rxport } from '../helpers/rxport.js';
import { PLUGINS, text, thermoService } from '../helpers/thermo-service.js';
import { until } from '../helpers/until.js';

describe('a service that refuses', () => {
  it('is told by its code, as text and as JSON', async () => {
    const body = {
      error: 1000,
      message: 'plugin thermo is used by overheat: stop it first',
      code: 'ERR_PLUGIN_IN_USE',
      details: { plugin: 'thermo' },
    };
    const { url } = await thermoService({ [`DELETE ${PLUGINS}/thermo`]: { status: 400, body } });
    const args = ['plugin', 'remove', 'thermo', '--url', url];
    expect(await rxport(args)).toEqual({
      code: 4,
      stdout: '',
      stderr: `rxport: ${body.message} (ERR_PLUGIN_IN_USE)\n`,
    });
    const { code, stderr } = await rxport([...args, '--json']);
    expect(code).toBe(4);
    expect(JSON.parse(stderr)).toEqual({ error: { code: body.code, message: body.message, details: body.details } });
  });

  it('is told with its own reason, where it says more than the words of eKuiper', async () => {
    const body = {
      error: 1000,
      message: 'portable plugin create command error: invalid name thermo: duplicate',
      code: 'ERR_PLUGIN_EXISTS',
      reason: 'plugin thermo is there already',
    };
    const { url } = await thermoService({ [`POST ${PLUGINS}/thermo/start`]: { status: 400, body } });
    const args = ['plugin', 'start', 'thermo', '--url', url];
    const text = `${body.message}; ${body.reason}`;
    expect((await rxport(args)).stderr).toBe(`rxport: ${text} (ERR_PLUGIN_EXISTS)\n`);
    const { stderr } = await rxport([...args, '--json']);
    expect(JSON.parse(stderr)).toMatchObject({ error: { message: text } });
  });

  it.each([
    [
      'plugin',
      ['plugin', 'status', 'termo'],
      `GET ${PLUGINS}/termo/status`,
      'ERR_PLUGIN_UNKNOWN',
      'did you mean "thermo"?',
    ],
    ['rule', ['rule', 'stop', 'overhaet'], 'POST /rules/overhaet/stop', 'ERR_RULE_UNKNOWN', 'did you mean "overheat"?'],
  ])('an unknown %s comes with those that are there', async (_, args, path, code, hint) => {
    const { url } = await thermoService({ [path]: { status: 404, body: { error: 1002, message: 'not found', code } } });
    const { code: exit, stderr } = await rxport([...args, '--url', url]);
    expect(exit).toBe(3);
    expect(stderr).toContain(hint);
  });

  it('of a stock eKuiper is told in its words', async () => {
    const body = { error: 1000, message: 'portable plugin create command error' };
    const { url } = await thermoService({ [`POST ${PLUGINS}/thermo/stop`]: { status: 400, body } });
    const { code, stderr } = await rxport(['plugin', 'stop', 'thermo', '--url', url]);
    expect(code).toBe(1);
    expect(stderr).toContain(`answers 400: ${body.message} (ERR_CLI_REFUSED)`);
  });
});

describe('what answers', () => {
  it.each<[what: string, answer: Answer, code: number, text: string]>([
    ['no JSON', text('<html>'), 5, 'ERR_CLI_ANSWER'],
    ['another shape', { body: [{ title: 'x' }] }, 5, 'ERR_CLI_ANSWER'],
    ['a broken connection', (response) => response.destroy(), 5, 'has closed the connection before'],
    [
      'half of it',
      (response) => void response.write('[', () => response.destroy()),
      5,
      'has closed the connection before',
    ],
    [
      'that a token is wanted',
      { status: 401, body: { error: 1000, message: 'x', code: 'ERR_TOKEN_INVALID' } },
      2,
      'RXPORT_TOKEN',
    ],
    ['too much', { body: 'x'.repeat(17 * 1024 * 1024) }, 5, 'ERR_CLI_ANSWER'],
  ])('%s is told', async (_, answer, code, said) => {
    const { url } = await thermoService({ [`GET ${PLUGINS}`]: answer });
    const { code: exit, stderr } = await rxport(['plugin', 'list', '--url', url]);
    expect(exit).toBe(code);
    expect(stderr).toContain(said);
  });

  it('a redirection, is not followed: a token is for the service that was named', async () => {
    const other = await thermoService();
    const location = `${other.url}${PLUGINS}`;
    const { url } = await thermoService({ [`GET ${PLUGINS}`]: { status: 302, headers: { location } } });
    const { code, stderr } = await rxport(['plugin', 'list', '--url', url], { env: { RXPORT_TOKEN: 'secret' } });
    expect([code, stderr]).toEqual([5, expect.stringMatching(/leads to .*ERR_CLI_UNREACHABLE/)]);
    expect(other.asked).toEqual([]);
  });

  it('on a port that browsers keep for something else, is heard', async () => {
    const server = createHttpServer((_, answer) => void answer.end('[]'));
    // Some of them may be taken.
    for (const port of [6666, 6667, 6668, 6669, 6665, 10080]) {
      server.listen(port, '127.0.0.1');
      if (
        await once(server, 'listening').then(
          () => true,
          () => false,
        )
      )
        break;
    }
    const { port } = server.address() as { port: number };
    try {
      expect(await rxport(['rule', 'list', '--json', '--url', `http://127.0.0.1:${port}`])).toMatchObject({ code: 0 });
    } finally {
      server.close();
    }
  });

  it.each(['.', '..'])('is not asked for another path with the name %s', async (name) => {
    const service = await thermoService();
    for (const what of ['plugin', 'rule']) {
      const { code, stderr } = await rxport([what, 'stop', name, '--url', service.url]);
      expect([code, stderr]).toEqual([2, expect.stringContaining('ERR_NAME_INVALID')]);
    }
    expect(service.asked).toEqual([]);
  });

  it('nothing, is told', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await until(() => free.listening);
    const { port } = free.address() as { port: number };
    free.close();
    const { code, stderr } = await rxport(['plugin', 'list', '--url', `http://127.0.0.1:${port}`]);
    expect(code).toBe(5);
    expect(stderr).toContain('ECONNREFUSED');
  });

  it('not in time, is given up', async () => {
    const { url } = await thermoService({ [`GET ${PLUGINS}`]: () => undefined });
    const { code, stderr } = await rxport(['plugin', 'list', '--url', url, '--timeout', '1']);
    expect(code).toBe(6);
    expect(stderr).toContain('not answered within 1000 ms (ERR_CLI_TIMEOUT)');
  });

  it('late, can be interrupted', async () => {
    const service = await thermoService({ [`POST ${PLUGINS}/thermo/start`]: () => undefined });
    const command = new Rxport(['plugin', 'start', 'thermo', '--url', service.url]);
    await until(() => service.asked.length > 0);
    command.child.kill('SIGINT');
    expect(await command.finished).toMatchObject({
      code: 130,
      stderr: 'rxport: interrupted; the service goes on with it: rxport plugin status thermo (ERR_CLI_INTERRUPTED)\n',
    });
  });

  it('late with a list, can be interrupted, and nothing goes on', async () => {
    const service = await thermoService({ [`GET ${PLUGINS}`]: () => undefined });
    const command = new Rxport(['plugin', 'list', '--url', service.url]);
    await until(() => service.asked.length > 0);
    command.child.kill('SIGINT');
    expect(await command.finished).toMatchObject({ code: 130, stderr: 'rxport: interrupted (ERR_CLI_INTERRUPTED)\n' });
  });

  it('late with a change, may still be at work', async () => {
    const { url } = await thermoService({ [`PUT ${PLUGINS}/thermo`]: () => undefined });
    const args = ['plugin', 'update', 'thermo', '/t.zip', '--url', url, '--timeout', '1'];
    expect(await rxport(args)).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('; it may still be at work: rxport plugin status thermo (ERR_CLI_TIMEOUT)'),
    });
  });
});
