import { afterEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { lockFolder } from '../../lib/process/lock.js';
import { type Answer, RestService } from '../helpers/rest-service.js';
import { rxport, Rxport } from '../helpers/rxport.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';
import { makeZip } from '../helpers/zip.js';

const PLUGINS = '/plugins/portables';
const thermo = {
  name: 'thermo',
  version: 'v1.0.0',
  language: 'python',
  executable: '/data/plugins/portables/thermo/main.py',
  sources: ['temperature'],
  sinks: [],
  functions: ['celsius', 'kelvin'],
};
const status = {
  refCount: { overheat: 1 },
  status: 'running',
  errMsg: '',
  pid: 4711,
  restarts: 2,
  symbols: [{ kind: 'source', symbol: 'temperature', ruleId: 'overheat' }],
  channels: [],
  lastErrors: [{ at: 1_000, code: 'ERR_PLUGIN_EXITED', message: 'plugin thermo \x1b[31mexited with code 1' }],
};
const at = new Date(2026, 4, 4, 12, 3, 4, 5).getTime();
const lines = [
  { at, stream: 'stdout', text: 'hello' },
  { at, stream: 'stderr', text: 'b\x1b[2Jad' },
];
const rules = [
  { id: 'overheat', status: 'running', since: 1_000, file: 'rules/overheat.ts' },
  {
    id: 'broken.ts',
    status: 'failed',
    file: 'rules/broken.ts',
    error: { code: 'ERR_RULE_FILE', message: 'no export' },
  },
];
const ledger = {
  balanced: true,
  stages: {
    'source temperature': { received: 1_200, passed: 1_190, dropped: { overflow: 10 }, failed: {}, inFlight: 0 },
  },
};

const listen = (more: Readonly<Record<string, Answer>> = {}): Promise<RestService> =>
  RestService.listen({
    [`GET ${PLUGINS}`]: { body: [thermo] },
    [`GET ${PLUGINS}/thermo`]: { body: thermo },
    [`GET ${PLUGINS}/thermo/status`]: { body: status },
    'GET /rules': { body: rules },
    ...more,
  });

const text = (body: string, code = 200): Answer => ({ status: code, body, headers: { 'content-type': 'text/plain' } });
const words = (printed: string): readonly string[] =>
  printed
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));

describe('a service over REST', () => {
  it('lists its plugins for people', async () => {
    const { url } = await listen();
    const { code, stdout, stderr } = await rxport(['plugin', 'list', '--url', url]);
    expect([code, stderr]).toEqual([0, '']);
    expect(words(stdout)).toEqual([
      'NAME VERSION LANGUAGE STATUS RULES SOURCES SINKS FUNCTIONS ERROR',
      'thermo v1.0.0 python running 1 temperature celsius, kelvin',
    ]);
  });

  it('lists them for programs, each with its status', async () => {
    const { url } = await listen();
    const { stdout } = await rxport(['plugin', 'list', '--json'], { env: { RXPORT_URL: url } });
    expect(JSON.parse(stdout)).toEqual([{ ...thermo, status: 'running', refCount: { overheat: 1 }, errMsg: '' }]);
  });

  it('lists one whose status can not be had', async () => {
    const { url } = await listen({ [`GET ${PLUGINS}/thermo/status`]: { status: 404, body: {} } });
    expect((await rxport(['plugin', 'list', '--url', url])).stdout).toContain('unknown');
  });

  it('shows a plugin: what it is, what runs of it, its last errors', async () => {
    const { url } = await listen();
    const { stdout } = await rxport(['plugin', 'show', 'thermo', '--url', url]);
    expect(words(stdout)).toEqual([
      'name thermo',
      'version v1.0.0',
      'language python',
      'executable /data/plugins/portables/thermo/main.py',
      'sources temperature',
      'functions celsius, kelvin',
      'status running',
      'rules overheat',
      'pid 4711',
      'restarts 2',
      '',
      'runs now:',
      ' KIND SYMBOL RULE',
      ' source temperature overheat',
      '',
      'last errors:',
      expect.stringMatching(/^ \d+ d ago ERR_PLUGIN_EXITED plugin thermo exited with code 1$/),
    ]);
    const json = await rxport(['plugin', 'status', 'thermo', '--json', '--url', url]);
    expect(JSON.parse(json.stdout)).toEqual(status);
  });

  it('installs: with the name in the zip, an address, and the arguments of install.sh', async () => {
    const service = await listen({ [`POST ${PLUGINS}`]: text('portable plugin thermo is created', 201) });
    const file = join(tempFolder(), 'thermo-2.zip');
    writeFileSync(file, makeZip([{ name: 'thermo.json', data: '{}' }]));
    const args = ['plugin', 'install', file, '--para', 'a', '--para', '-b', '--url', service.url];
    expect(await rxport(args)).toEqual({ code: 0, stdout: 'portable plugin thermo is created\n', stderr: '' });
    expect(service.asked).toEqual([
      {
        what: `POST ${PLUGINS}`,
        body: { name: 'thermo', file: `file://${file}`, shellParas: ['a', '-b'] },
        authorization: undefined,
      },
    ]);
  });

  it('updates, removes, starts and stops', async () => {
    const service = await listen({
      [`PUT ${PLUGINS}/thermo`]: text('portable plugin thermo is updated'),
      [`DELETE ${PLUGINS}/thermo`]: text('portable plugin thermo is deleted'),
      [`POST ${PLUGINS}/thermo/start`]: text('portable plugin thermo is started'),
      [`POST ${PLUGINS}/thermo/stop`]: text('portable plugin thermo is stopped'),
    });
    const env = { RXPORT_URL: service.url };
    const options = ['--strategy', 'replace', '--force'];
    const said = [
      await rxport(['plugin', 'update', 'thermo', '/t.zip', ...options], { env }),
      await rxport(['plugin', 'update', 'thermo', 'https://example.com/t.zip'], { env }),
      await rxport(['plugin', 'remove', 'thermo'], { env }),
      await rxport(['plugin', 'remove', 'thermo', '--force', '--json'], { env }),
      await rxport(['plugin', 'start', 'thermo'], { env }),
      await rxport(['plugin', 'stop', 'thermo'], { env }),
    ];
    expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(service.asked.map(({ what }) => what)).toEqual([
      `PUT ${PLUGINS}/thermo?strategy=replace&force=true`,
      `PUT ${PLUGINS}/thermo`,
      `DELETE ${PLUGINS}/thermo`,
      `DELETE ${PLUGINS}/thermo?force=true`,
      `POST ${PLUGINS}/thermo/start`,
      `POST ${PLUGINS}/thermo/stop`,
    ]);
    expect(service.asked[0]?.body).toEqual({ name: 'thermo', file: 'file:///t.zip' });
    expect(service.asked[1]?.body).toEqual({ name: 'thermo', file: 'https://example.com/t.zip' });
    expect(JSON.parse(said[3]?.stdout ?? '')).toEqual({ name: 'thermo', text: 'portable plugin thermo is deleted' });
  });

  it('tells the rules: a list, a status, a ledger', async () => {
    const { url } = await listen({
      'GET /rules/overheat/status': { body: { status: 'waiting', since: 1_000, on: ['sink alarm'] } },
      'GET /rules/overheat/ledger': { body: ledger },
      'POST /rules/overheat/restart': text('Rule overheat was restarted'),
    });
    const env = { RXPORT_URL: url };
    expect(words((await rxport(['rule', 'list'], { env })).stdout)).toEqual([
      'ID STATUS SINCE FILE ERROR',
      expect.stringMatching(/^overheat running \d+ d ago rules\/overheat.ts$/),
      'broken.ts failed rules/broken.ts no export',
    ]);
    expect(words((await rxport(['rule', 'status', 'overheat'], { env })).stdout)).toEqual([
      'status waiting',
      expect.stringMatching(/^since \d+ d ago$/),
      'waits for sink alarm',
    ]);
    expect(words((await rxport(['rule', 'ledger', 'overheat'], { env })).stdout)).toEqual([
      'STAGE RECEIVED PASSED DROPPED FAILED HELD RESTARTS PAUSES PEAK',
      'source temperature 1,200 1,190 10 overflow 0 0 0 0 0',
      'balanced',
    ]);
    expect(JSON.parse((await rxport(['rule', 'ledger', 'overheat', '--json'], { env })).stdout)).toEqual(ledger);
    expect((await rxport(['rule', 'restart', 'overheat'], { env })).stdout).toBe('Rule overheat was restarted\n');
  });
});

describe('the logs of a plugin', () => {
  const time = '2026-05-04 12:03:04.005';

  it('are lines for people, without terminal sequences, and an object a line for programs', async () => {
    const service = await listen({ [`GET ${PLUGINS}/thermo/logs`]: { body: lines } });
    const args = ['plugin', 'logs', 'thermo', '-n', '7', '--url', service.url];
    expect((await rxport(args)).stdout).toBe(`${time} stdout hello\n${time} stderr bad\n`);
    expect(
      (await rxport([...args, '--json'])).stdout
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line)),
    ).toEqual(lines);
    expect(service.asked[0]?.what).toBe(`GET ${PLUGINS}/thermo/logs?lines=7`);
  });

  it('are followed as they come, until Ctrl-C', async () => {
    const service = await listen({ [`GET ${PLUGINS}/thermo/logs`]: events });
    const command = new Rxport(['plugin', 'logs', 'thermo', '--follow', '--url', service.url]);
    await command.says('line 3\n');
    command.child.kill('SIGINT');
    expect(await command.finished).toMatchObject({ code: 0, stderr: '' });
    expect(service.asked[0]?.what).toBe(`GET ${PLUGINS}/thermo/logs?follow=true&lines=100`);
  });

  it('end without a word when nobody reads them any more', async () => {
    const { url } = await listen({ [`GET ${PLUGINS}/thermo/logs`]: events });
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

describe('a service that refuses', () => {
  it('is told by its code, as text and as JSON', async () => {
    const body = {
      error: 1000,
      message: 'plugin thermo is used by overheat: stop it first',
      code: 'ERR_PLUGIN_IN_USE',
    };
    const { url } = await listen({ [`DELETE ${PLUGINS}/thermo`]: { status: 400, body } });
    const args = ['plugin', 'remove', 'thermo', '--url', url];
    expect(await rxport(args)).toEqual({
      code: 4,
      stdout: '',
      stderr: `rxport: ${body.message} (ERR_PLUGIN_IN_USE)\n`,
    });
    const { code, stderr } = await rxport([...args, '--json']);
    expect(code).toBe(4);
    expect(JSON.parse(stderr)).toEqual({ error: { code: body.code, message: body.message, details: {} } });
  });

  it.each([
    [
      'plugin',
      ['plugin', 'status', 'termo'],
      `GET ${PLUGINS}/termo/status`,
      'ERR_PLUGIN_UNKNOWN',
      'did you mean "thermo"?',
    ],
    ['rule', ['rule', 'stop', 'overhaet'], 'POST /rules/overhaet/stop', 'ERR_RULE_UNKNOWN', 'overheat'],
  ])('an unknown %s comes with those that are there', async (_, args, path, code, hint) => {
    const { url } = await listen({ [path]: { status: 404, body: { error: 1002, message: 'not found', code } } });
    const { code: exit, stderr } = await rxport([...args, '--url', url]);
    expect(exit).toBe(3);
    expect(stderr).toContain(hint);
  });

  it('of a stock eKuiper is told in its words', async () => {
    const body = { error: 1000, message: 'portable plugin create command error' };
    const { url } = await listen({ [`POST ${PLUGINS}/thermo/stop`]: { status: 400, body } });
    const { code, stderr } = await rxport(['plugin', 'stop', 'thermo', '--url', url]);
    expect(code).toBe(1);
    expect(stderr).toContain(`answers 400: ${body.message} (ERR_CLI_REFUSED)`);
  });
});

describe('what answers', () => {
  it.each<[what: string, answer: Answer, code: number, text: string]>([
    ['no JSON', text('<html>'), 5, 'ERR_CLI_ANSWER'],
    ['another shape', { body: [{ title: 'x' }] }, 5, 'ERR_CLI_ANSWER'],
    ['a redirection', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, 5, 'ERR_CLI_UNREACHABLE'],
    ['a broken connection', (response) => response.destroy(), 5, 'ERR_CLI_UNREACHABLE'],
    ['too much', { body: 'x'.repeat(17 * 1024 * 1024) }, 5, 'ERR_CLI_ANSWER'],
  ])('%s is told', async (_, answer, code, said) => {
    const { url } = await listen({ [`GET ${PLUGINS}`]: answer });
    const { code: exit, stderr } = await rxport(['plugin', 'list', '--url', url]);
    expect(exit).toBe(code);
    expect(stderr).toContain(said);
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
    const { url } = await listen({ [`GET ${PLUGINS}`]: () => undefined });
    const { code, stderr } = await rxport(['plugin', 'list', '--url', url, '--timeout', '1']);
    expect(code).toBe(6);
    expect(stderr).toContain('not answered within 1000 ms (ERR_CLI_TIMEOUT)');
  });

  it('late, can be interrupted', async () => {
    const service = await listen({ [`POST ${PLUGINS}/thermo/start`]: () => undefined });
    const command = new Rxport(['plugin', 'start', 'thermo', '--url', service.url]);
    await until(() => service.asked.length > 0);
    command.child.kill('SIGINT');
    expect(await command.finished).toMatchObject({ code: 130, stderr: expect.stringContaining('ERR_CLI_INTERRUPTED') });
  });
});

describe('the token of a service', () => {
  it('comes from a file or from the environment, and never from the command line', async () => {
    const service = await listen();
    const file = join(tempFolder(), 'token');
    writeFileSync(file, 'from-file\n', { mode: 0o600 });
    const args = ['plugin', 'show', 'thermo', '--url', service.url];
    await rxport(args, { env: { RXPORT_TOKEN: 'from-environment' } });
    await rxport([...args, '--token-file', file], { env: { RXPORT_TOKEN: 'from-environment' } });
    expect(new Set(service.asked.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer from-environment', 'Bearer from-file']),
    );
    expect((await rxport(['--token', 'x', 'plugin', 'list'])).code).toBe(2);
  });
});

describe('the service of a data folder', () => {
  let release: (() => Promise<void>) | undefined;
  afterEach(async () => {
    await release?.();
    release = undefined;
  });

  it('is found by what it has written there, while it lives', async () => {
    const { url } = await listen();
    const dir = join(tempFolder(), 'data');
    const args = ['plugin', 'list', '--dir', dir, '--json'];
    await mkdir(join(dir, 'run'), { recursive: true });
    writeFileSync(join(dir, 'run/rest.json'), JSON.stringify({ url, pid: process.pid }));
    expect(JSON.parse((await rxport(args)).stdout)).toEqual([]);
    ({ release } = await lockFolder(dir, tempFolder()));
    expect(JSON.parse((await rxport(args)).stdout)).toMatchObject([{ name: 'thermo' }]);
    writeFileSync(join(dir, 'run/rest.json'), JSON.stringify({ url, pid: process.ppid }));
    expect(JSON.parse((await rxport(args)).stdout)).toEqual([]);
  });
});
