import { describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { body, devServer } from '../helpers/dev-server.js';
import { commandsTo, scriptedPlugin } from '../helpers/scripted-plugin.js';
import { tempFolder } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

/** The status of a request with headers that `fetch` does not let through. */
const raw = (url: string, method: string, headers: Readonly<Record<string, string>>, text = ''): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', reject);
    asked.end(text);
  });

describe('a request that can not be carried out', () => {
  it.each([
    ['no JSON', '/symbol/start', '{', 'the body is no JSON'],
    ['no object', '/symbol/start', '[]', 'the body is []: expected an object'],
    ['nothing', '/symbol/start', {}, 'symbolName is missing: expected a name; pluginType is missing'],
    ['a kind that does not exist', '/symbol/start', { symbolName: 'a', pluginType: 'sauce' }, 'pluginType is "sauce"'],
    ['a name that leaves the folder', '/symbol/start', { symbolName: '../a', pluginType: 'source' }, 'symbolName: '],
    [
      'a rule that leaves the folder',
      '/symbol/start',
      { symbolName: 'a', pluginType: 'sink', meta: { ruleId: '../../etc', opId: 'x' } },
      'meta.ruleId: "../../etc" is not a name',
    ],
    [
      'half an instance',
      '/symbol/start',
      { symbolName: 'a', pluginType: 'sink', meta: { instanceId: 1.5 } },
      'meta.instanceId is 1.5: expected a whole number from 0',
    ],
    ['a list for settings', '/symbol/start', { symbolName: 'a', pluginType: 'sink', config: [] }, 'config is []'],
    ['one argument', '/symbol/exec', { symbolName: 'a', args: 'x' }, 'args is "x": expected a list'],
    ['no data', '/symbol/send', { symbolName: 'a' }, 'data is missing'],
    ['no sink', '/symbol/send', { data: 1 }, 'symbolName is missing: name the sink by it, or by its meta'],
    ['the stop of a function', '/symbol/stop', { symbolName: 'a', pluginType: 'func' }, 'no SDK stops a function'],
  ])('says what is wrong with %s', async (_, path, sent, text) => {
    const { dir } = scriptedPlugin();
    const server = await devServer({ folder: dir, launch: false });
    expect(await server.post(path, sent)).toEqual({
      status: 400,
      body: { code: 'ERR_REQUEST_INVALID', message: expect.stringContaining(text) },
    });
  });

  it('names the symbol that may have been meant, and the request', async () => {
    const { dir, symbol } = scriptedPlugin();
    const server = await devServer({ folder: dir, launch: false });
    const misspelt = symbol('count').replace('count', 'cuont');
    for (const [path, sent] of [
      ['/symbol/start', body('source', misspelt)],
      ['/symbol/stop', body('source', misspelt)],
    ] as const) {
      const answer = await server.post(path, sent);
      expect(answer).toMatchObject({ status: 404, body: { code: 'ERR_SYMBOL_UNKNOWN' } });
      expect(answer.body['message']).toContain(`did you mean "${symbol('count')}"?`);
    }
    expect(await server.post('/symbol/begin', {})).toMatchObject({ status: 404, body: { code: 'ERR_ROUTE_UNKNOWN' } });
    expect(await server.get('/symbol/tap?symbolName=a%2Fb')).toMatchObject({ status: 400 });
    expect((await server.get('/')).body).toMatchObject({ start: server.byHand?.text });
  });

  it('is refused when it is too large', async () => {
    const { dir } = scriptedPlugin();
    const server = await devServer({ folder: dir, launch: false });
    expect(await server.post('/symbol/exec', { symbolName: 'a', args: ['x'.repeat(2 ** 20)] })).toMatchObject({
      status: 413,
      body: { code: 'ERR_REQUEST_INVALID' },
    });
  });
});

describe('what runs', () => {
  it('is not started twice, and a symbol that runs twice is stopped by its meta', async () => {
    const { dir, symbol } = scriptedPlugin();
    const server = await devServer({ folder: dir });
    const [one, two] = [body('source', symbol('count')), body('source', symbol('count'))];
    expect(await server.post('/symbol/start', one)).toMatchObject({ status: 200 });
    expect(await server.post('/symbol/start', one)).toMatchObject({
      status: 409,
      body: { code: 'ERR_SYMBOL_STARTED' },
    });
    expect(await server.post('/symbol/start', { ...body('sink', symbol('file')), meta: one.meta })).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining(`source ${symbol('count')} has the addresses`) },
    });
    expect(await server.post('/symbol/start', two)).toMatchObject({ status: 200 });
    const both = { symbolName: symbol('count'), pluginType: 'source' };
    expect(await server.post('/symbol/stop', both)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('fits several') },
    });
    expect(await server.post('/symbol/stop', one)).toMatchObject({ status: 200 });
    expect(await server.post('/symbol/stop', both)).toMatchObject({ status: 200 });
    expect(await server.post('/symbol/stop', both)).toMatchObject({
      status: 404,
      body: { code: 'ERR_SYMBOL_NOT_STARTED' },
    });
  });

  it('is started by its first calls, once', async () => {
    const { dir, symbol } = scriptedPlugin();
    const server = await devServer({ folder: dir });
    const calls = [1, 2, 3].map((arg) => server.post('/symbol/exec', { symbolName: symbol('echo'), args: [arg] }));
    expect((await Promise.all(calls)).map(({ body }) => body)).toEqual([{ result: 1 }, { result: 2 }, { result: 3 }]);
    expect(commandsTo(dir).map(({ cmd }) => cmd)).toEqual(['start']);
    expect(await server.post('/symbol/start', body('func', symbol('echo')))).toMatchObject({ status: 409 });
    expect(await server.post('/symbol/start', body('function', symbol('add')))).toMatchObject({ status: 200 });
    expect((await server.get('/symbol')).body).toMatchObject({ symbols: [{ calls: 3, failures: 0 }, { calls: 0 }] });
  });

  it('may be refused, and started again in another way', async () => {
    const { dir, symbol } = scriptedPlugin();
    const server = await devServer({ folder: dir });
    const source = body('source', symbol('count'));
    expect(await server.post('/symbol/start', { ...source, config: { refuse: 'no port' } })).toMatchObject({
      status: 502,
      body: { code: 'ERR_SYMBOL_REFUSED', message: expect.stringContaining('no port') },
    });
    expect((await server.get('/symbol')).body).toMatchObject({ symbols: [] });
    expect(await server.post('/symbol/start', source)).toMatchObject({ status: 200 });
  });

  it('answers for each value of a sink: written, acknowledged, refused, or never heard of', async () => {
    const { dir, symbol } = scriptedPlugin();
    const server = await devServer({ folder: dir });
    const path = `${tempFolder()}/out`;
    const name = { symbolName: symbol('file') };
    expect(await server.post('/symbol/send', { ...name, data: 1 })).toMatchObject({
      status: 404,
      body: { code: 'ERR_SYMBOL_NOT_STARTED' },
    });
    const config = { path, acks: ['ok', 'disk full', 'ok'] };
    const sink = body('sink', symbol('file'), { config });
    expect(await server.post('/symbol/start', sink)).toMatchObject({ status: 200 });
    expect(await server.post('/symbol/send', { ...name, data: 'a', ack: true })).toMatchObject({
      body: { written: true, bytes: 3, ack: { ok: true } },
    });
    expect(await server.post('/symbol/send', { meta: sink.meta, data: [1], ack: true })).toMatchObject({
      body: { ack: { ok: false, error: 'disk full' } },
    });
    expect(await server.post('/symbol/send', { ...name, data: null })).toMatchObject({ body: { written: true } });
    await until(() => server.lines.some((line) => line.includes('disk full')), 'the refusal in the log');
    expect(await server.post('/symbol/stop', sink)).toMatchObject({ status: 200, body: { written: 3, waiting: 0 } });
  });
});

it('a port that is taken is told', async () => {
  const { url } = await devServer({ folder: scriptedPlugin().dir, launch: false });
  const port = Number(new URL(url).port);
  await expect(devServer({ folder: scriptedPlugin().dir, launch: false, port })).rejects.toMatchObject({
    code: 'ERR_ADDRESS_IN_USE',
    message: expect.stringContaining('or take another port'),
  });
});

describe('who may ask', () => {
  it('is nobody on another address without a token', async () => {
    await expect(devServer({ folder: scriptedPlugin().dir, host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'ERR_SERVER_ADDRESS',
    });
    await expect(devServer({ name: 'x', host: '0.0.0.0', token: '' })).rejects.toMatchObject({
      code: 'ERR_SERVER_ADDRESS',
    });
  });

  it('is no page with another name, and none of another origin', async () => {
    const { url } = await devServer({ folder: scriptedPlugin().dir, launch: false });
    const host = new URL(url).host;
    const start = `${url}/symbol/start`;
    expect(await raw(`${url}/symbol`, 'GET', { host: 'evil.example' })).toBe(403);
    expect(await raw(`${url}/symbol`, 'GET', { host: 'localhost:1' })).toBe(200);
    expect(await raw(start, 'POST', { host, origin: 'http://evil.example' }, '{}')).toBe(403);
    expect(await raw(start, 'POST', { host, origin: 'null' }, '{}')).toBe(403);
    expect(await raw(start, 'POST', { host, 'sec-fetch-site': 'cross-site' }, '{}')).toBe(403);
    expect(await raw(start, 'POST', { host, origin: `http://${host}` }, '{}')).toBe(400);
    const { headers } = await fetch(`${url}/symbol`);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('is who knows the token', async () => {
    const options = { folder: scriptedPlugin().dir, launch: false, host: '0.0.0.0', token: 'a-long-secret' };
    const server = await devServer(options);
    const url = server.url.replace('0.0.0.0', '127.0.0.1');
    expect(await raw(url, 'GET', {})).toBe(401);
    expect(await raw(url, 'GET', { authorization: 'Bearer a-long-secre' })).toBe(401);
    expect(await raw(url, 'GET', { authorization: 'Bearer a-long-secret' })).toBe(200);
    expect(await raw(url, 'GET', { authorization: 'Bearer a-long-secret', host: 'evil.example' })).toBe(403);
  });
});
