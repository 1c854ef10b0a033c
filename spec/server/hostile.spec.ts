/** What nobody should send. */
import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { startServer } from '../../lib/server/server.js';
import { startRest } from '../helpers/rest.js';
import { scriptedPlugin } from '../helpers/scripted-plugin.js';
import { startService } from '../helpers/service.js';
import { writeTree } from '../helpers/tree.js';
import { tempFolder } from '../helpers/unique.js';

describe('a request', () => {
  it.each([
    ['with the name of another host', 'GET', '/plugins/portables', { host: 'evil.example.com' }, 403],
    ['of another site', 'POST', '/plugins/portables', { origin: 'https://evil.example.com' }, 403],
    ['that a browser marks', 'DELETE', '/plugins/portables/a', { 'sec-fetch-site': 'cross-site' }, 403],
    ['for what is not there', 'GET', '/', {}, 404],
    ['with a verb that is not taken', 'PATCH', '/plugins/portables', {}, 404],
    ['with a path that can not be read', 'GET', '/plugins/portables/%zz', {}, 400],
    ['that asks whether it may', 'OPTIONS', '/plugins/portables', { origin: 'https://evil.example.com' }, 404],
  ])('%s is answered with JSON, and nothing else', async (_, method, path, headers, status) => {
    const { ask } = await startRest(await startService());
    const answer = await ask(method, path, undefined, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(answer.json()).toMatchObject({
      error: expect.any(Number),
      message: expect.any(String),
      code: expect.any(String),
    });
  });

  it('needs the token where there is one', async () => {
    const { ask, get } = await startRest(await startService(), { token: 'secret' });
    for (const path of ['/plugins/portables', '/rules', '/metrics', '/health', '/ready', '/openapi.json', '/nope']) {
      const answer = await get(path);
      expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
      expect(answer.text).not.toContain('secret');
    }
    expect((await get('/health', { authorization: 'Bearer wrong' })).status).toBe(401);
    expect((await get('/health', { authorization: 'Bearer secret' })).text).toBe('{"status":"ok"}');
    expect((await ask('POST', '/plugins/portables', { name: 'a' })).status).toBe(401);
  });

  it('has a body of a megabyte at most, and of JSON', async () => {
    const { ask } = await startRest(await startService());
    const large = await ask('POST', '/plugins/portables', { name: 'a', file: 'x'.repeat(1024 * 1024) });
    expect(large.status).toBe(413);
    expect(large.json()).toMatchObject({ code: 'ERR_REQUEST_TOO_LARGE' });
    for (const type of ['text/plain', 'multipart/form-data', 'text/html', 'application/xml', 'nonsense']) {
      const answer = await ask('POST', '/plugins/portables', '{"name":"a"}', { 'content-type': type });
      expect(answer.status).toBe(415);
      expect(answer.json()).toMatchObject({
        code: 'ERR_REQUEST_TYPE',
        message: `a body of type "${type}" is not taken: send application/json`,
        details: { type },
      });
    }
    const poison = '{"__proto__":{"name":"a"},"constructor":{"prototype":{"file":"x"}}}';
    expect((await ask('POST', '/plugins/portables', poison)).json()).toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    expect(({} as Record<string, unknown>).file).toBeUndefined();
  });

  it.each([
    '..%2f..%2fetc',
    '%2e%2e',
    '..%5c..',
    'a%00b',
    '%2fetc%2fpasswd',
    '__proto__',
    'constructor',
    'a'.repeat(300),
  ])('names nothing with %s', async (name) => {
    const dir = join(tempFolder(), 'data');
    const { ask, get } = await startRest(await startService({ dir }));
    for (const path of ['', '/status', '/logs'])
      expect((await get(`/plugins/portables/${name}${path}`)).status).toBe(404);
    for (const path of ['', '/status', '/ledger']) expect((await get(`/rules/${name}${path}`)).status).toBe(404);
    expect((await ask('DELETE', `/plugins/portables/${name}?force=true`)).status).toBeGreaterThanOrEqual(400);
    const decoded = decodeURIComponent(name);
    const { dir: source } = scriptedPlugin();
    const created = await ask('POST', '/plugins/portables', { name: decoded, file: `file://${source}` });
    expect(created.status).toBe(400);
    const prefix = 'portable plugin create command error: ';
    const isWord = /^\w+$/.test(decoded) && decoded.length <= 64;
    expect(created.json<{ message: string }>().message).toContain(
      prefix + (isWord ? 'fail to install' : 'invalid name '),
    );
    expect((await get('/plugins/portables')).text).toBe('[]');
    expect(existsSync(dir)).toBe(true);
  });

  it('with a query that says something else is refused', async () => {
    const { ask, get } = await startRest(await startService());
    expect((await ask('DELETE', '/plugins/portables/a?force=perhaps')).json()).toMatchObject({
      code: 'ERR_REQUEST_INVALID',
    });
    expect((await get('/plugins/portables/a/logs?lines=-1')).json()).toMatchObject({ code: 'ERR_REQUEST_INVALID' });
    expect((await get('/plugins/portables/a/logs?lines=1&lines=2')).status).toBe(400);
  });
});

describe('a server', () => {
  it('is not opened to others without a token', async () => {
    const service = await startService();
    await expect(startServer(service, { host: '0.0.0.0', port: 0 })).rejects.toMatchObject({
      code: 'ERR_SERVER_ADDRESS',
      message: expect.stringContaining('token'),
    });
    // Whoever has a proxy pass requests on: all of them come from this machine.
    await expect(startServer(service, { names: ['plant.example.com'], port: 0 })).rejects.toMatchObject({
      code: 'ERR_SERVER_ADDRESS',
      message: expect.stringMatching(/plant\.example\.com.*token/),
    });
  });

  it('takes files of configured folders only when it is open to others', async () => {
    const service = await startService();
    const plugin = scriptedPlugin();
    const authorization = 'Bearer secret';
    const body = { name: plugin.name, file: `file://${plugin.dir}` };
    const shut = await startRest(service, { host: '0.0.0.0', token: 'secret' });
    const named = await startRest(service, { names: ['plant.example.com'], token: 'secret' });
    for (const { ask } of [shut, named]) {
      const refused = await ask('POST', '/plugins/portables', body, { authorization });
      expect(refused.json()).toMatchObject({ code: 'ERR_DOWNLOAD_REFUSED' });
    }
    // Who may not read it does not learn whether it is there.
    const nowhere = await shut.ask(
      'POST',
      '/plugins/portables',
      { ...body, file: 'file:///nope/a.zip' },
      { authorization },
    );
    expect(nowhere.json()).toMatchObject({ code: 'ERR_DOWNLOAD_REFUSED' });
    const open = await startRest(service, { host: '0.0.0.0', token: 'secret', folders: [join(plugin.dir, '..')] });
    expect((await open.ask('POST', '/plugins/portables', body, { authorization })).status).toBe(201);
  });

  it('refuses options that are none', async () => {
    const service = await startService();
    for (const options of [
      { host: '' },
      { port: -1 },
      { port: 1.5 },
      { token: '' },
      { token: 'a b' },
      { names: 'a' as never },
      { folders: [''] },
      { downloads: {} as never },
    ])
      await expect(startServer(service, options)).rejects.toMatchObject({ code: 'ERR_CONFIG_INVALID' });
  });

  it('says who it can not be', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(startServer(await startService(), { port })).rejects.toMatchObject({
      code: 'ERR_ADDRESS_IN_USE',
      message: expect.stringContaining('EADDRINUSE'),
    });
    await new Promise((resolve) => taken.close(resolve));
  });

  it('says in the data folder where it is, to its user alone, until it is closed', async () => {
    const dir = join(tempFolder(), 'data');
    const service = await startService({ dir });
    const { url, close } = await startRest(service);
    const path = join(dir, 'run/rest.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ url, pid: process.pid });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await close();
    expect(existsSync(path)).toBe(false);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  });

  it.each([
    ['the first', 0, 1],
    ['the last', 1, 0],
  ])('names the other one when %s of two is closed', async (_, closed, left) => {
    const dir = join(tempFolder(), 'data');
    const service = await startService({ dir });
    const path = join(dir, 'run/rest.json');
    const servers = [await startRest(service), await startRest(service)];
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ url: servers[1]?.url });
    await servers[closed]?.close();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ url: servers[left]?.url, pid: process.pid });
    await servers[left]?.close();
    expect(existsSync(path)).toBe(false);
  });

  it('does not take a service that was killed for another one of its own', async () => {
    const dir = join(tempFolder(), 'data');
    const path = join(dir, 'run/rest.json');
    await writeTree(dir, { 'run/rest.json': JSON.stringify({ url: 'http://127.0.0.1:9', pid: process.pid }) });
    const { url } = await startRest(await startService({ dir }));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ url, pid: process.pid });
  });
});
