import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { devServer } from '../helpers/dev-server.js';
import { startRest } from '../helpers/rest.js';
import { startService } from '../helpers/service.js';
import { unique } from '../helpers/unique.js';

/** What comes back for bytes that no HTTP client would send. */
async function sent(url: string, bytes: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.end(bytes);
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body: JSON.parse(body) };
}

const close = 'Connection: close\r\n\r\n';

describe.each<[server: string, start: () => Promise<string>, rest: object]>([
  ['the REST API', async () => (await startRest(await startService())).url, { error: 1000 }],
  ['the test server', async () => (await devServer({ name: unique('nobody') })).url, {}],
])('%s', (_, start, rest) => {
  it.each([
    ['garbage', 'nonsense\r\n\r\n', 400, 'ERR_REQUEST_INVALID', /no HTTP/],
    ['headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`, 431, 'ERR_REQUEST_INVALID', /headers/],
    ['a request that names no host', `GET / HTTP/1.1\r\n${close}`, 403, 'ERR_REQUEST_REFUSED', /none of the names/],
    ['a path that is none', `GET /%zz HTTP/1.1\r\nHost: localhost\r\n${close}`, 400, 'ERR_REQUEST_INVALID', /%zz/],
  ])('answers %s as every failure', async (_what, bytes, status, code, message) => {
    expect(await sent(await start(), bytes)).toEqual({
      status,
      body: { ...rest, code, message: expect.stringMatching(message) },
    });
  });
});
