import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../../lib/clock.js';
import { downloadRefused } from '../../lib/errors.js';
import { download, type Downloads, publicLookup } from '../../lib/service/download.js';
import { tempFolder } from '../helpers/unique.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A server on loopback; its port. */
async function serve(answer: RequestListener): Promise<number> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const signal = new AbortController().signal;

async function get(url: string, downloads: Downloads): Promise<string> {
  const path = join(tempFolder(), 'got');
  await download(new URL(url), path, downloads, { clock: systemClock, signal });
  return readFileSync(path, 'utf8');
}

const listed = { hosts: ['127.0.0.1'] };
const refused = { code: 'ERR_DOWNLOAD_REFUSED' };

describe('a download', () => {
  it('is what a host that is listed by name answers, also on a private network', async () => {
    const port = await serve((_, response) => response.end('zip'));
    expect(await get(`http://127.0.0.1:${port}/a.zip`, listed)).toBe('zip');
    expect(await get(`http://LOCALHOST:${port}/a.zip`, { hosts: ['localhost'] })).toBe('zip');
  });

  it('is refused from every other host, however it is written', async () => {
    let asked = 0;
    const port = await serve((_, response) => ((asked += 1), response.end()));
    for (const host of ['127.0.0.1', '2130706433', '0x7f.1', 'localhost', '[::1]'])
      await expect(
        get(`http://${host}:${port}/a.zip`, { hosts: ['example.com', '*.example.com'] }),
      ).rejects.toMatchObject(refused);
    expect(asked).toBe(0);
  });

  it('is refused from a private network when a pattern lists the host', async () => {
    let asked = 0;
    const port = await serve((_, response) => ((asked += 1), response.end()));
    // A name below localhost is one of this machine, wherever it is looked up.
    await expect(get(`http://a.localhost:${port}/a.zip`, { hosts: ['*.localhost'] })).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_DOWNLOAD_(REFUSED|FAILED)$/),
    });
    await expect(get(`http://127.0.0.1:${port}/a.zip`, { hosts: ['*.0.0.1'] })).rejects.toMatchObject(refused);
    expect(asked).toBe(0);
  });

  it('goes to no name that is on a private network', async () => {
    const look = publicLookup((address) => downloadRefused('', address));
    for (const all of [true, false]) {
      const found = await new Promise((resolve) => look('localhost', { all }, resolve));
      expect(found).toMatchObject({ ...refused, message: expect.stringMatching(/^(127\.0\.0\.1|::1)$/) });
    }
  });

  it('follows redirects to listed hosts, and to no others', async () => {
    const port = await serve(({ url }, response) => {
      const to = { '/a.zip': '/b', '/b': '/c', '/out': 'http://evil.example.com/', '/file': 'file:///etc/passwd' }[
        url ?? ''
      ];
      if (to !== undefined) response.writeHead(302, { location: to }).end();
      else response.end(`from ${url}`);
    });
    expect(await get(`http://127.0.0.1:${port}/a.zip`, listed)).toBe('from /c');
    await expect(get(`http://127.0.0.1:${port}/out`, listed)).rejects.toMatchObject(refused);
    await expect(get(`http://127.0.0.1:${port}/file`, listed)).rejects.toMatchObject(refused);
  });

  it('follows five redirects at most', async () => {
    const port = await serve((_, response) => response.writeHead(302, { location: '/' }).end());
    await expect(get(`http://127.0.0.1:${port}/`, listed)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_FAILED' });
  });

  it('fails with any other answer, and with none', async () => {
    const port = await serve((_, response) => response.writeHead(500).end());
    await expect(get(`http://127.0.0.1:${port}/`, listed)).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_FAILED',
      message: `127.0.0.1:${port} answered 500`,
    });
    await expect(get('http://127.0.0.1:1/', listed)).rejects.toMatchObject({ code: 'ERR_DOWNLOAD_FAILED' });
  });

  it('has a limit, whether its length is told or not', async () => {
    const port = await serve(({ url }, response) => {
      if (url === '/told') response.writeHead(200, { 'content-length': 11 });
      response.write('123456');
      response.end('78901');
    });
    for (const path of ['told', 'untold'])
      await expect(get(`http://127.0.0.1:${port}/${path}`, { ...listed, maxBytes: 10 })).rejects.toMatchObject({
        code: 'ERR_DOWNLOAD_FAILED',
        message: expect.stringContaining('10 bytes'),
      });
    expect(await get(`http://127.0.0.1:${port}/told`, { ...listed, maxBytes: 11 })).toBe('12345678901');
  });

  it('has a deadline, and ends when nobody wants it any more', async () => {
    const port = await serve(({ url }, response) => {
      if (url === '/half') response.write('half');
    });
    for (const path of ['half', 'nothing'])
      await expect(get(`http://127.0.0.1:${port}/${path}`, { ...listed, timeout: 50 })).rejects.toMatchObject({
        code: 'ERR_DOWNLOAD_LATE',
      });
    const controller = new AbortController();
    const path = join(tempFolder(), 'got');
    const parts = { clock: systemClock, signal: controller.signal };
    const got = download(new URL(`http://127.0.0.1:${port}/half`), path, listed, parts);
    controller.abort(new Error('mine'));
    await expect(got).rejects.toThrow('mine');
  });

  it('does not write over a file', async () => {
    const port = await serve((_, response) => response.end('zip'));
    const path = join(tempFolder(), 'got');
    const url = new URL(`http://127.0.0.1:${port}/a.zip`);
    await download(url, path, listed, { clock: systemClock, signal });
    await expect(download(url, path, listed, { clock: systemClock, signal })).rejects.toMatchObject({
      code: 'ERR_DOWNLOAD_FAILED',
    });
    expect(existsSync(path)).toBe(true);
  });
});
