import { expect, it } from '@jest/globals';
import { startServer } from '../../lib/server/server.js';
import { errorOf } from '../helpers/refused.js';
import { startService } from '../helpers/service.js';

it('options of a server that make no sense are told, all at once', async () => {
  const service = await startService();
  const problemsOf = async (options: object): Promise<string> =>
    (await errorOf(() => startServer(service, { port: 0, ...options }))).message;
  const hosts: readonly string[] = [];
  const late = /downloads\.timeout \S+ is (no number of milliseconds from 0|more than 2147483647)/;
  const large = 'downloads.maxBytes is no whole number of bytes';
  for (const timeout of [-1, Number.NaN, Infinity, 2 ** 31, '5', null])
    expect(await problemsOf({ downloads: { hosts, timeout } })).toMatch(late);
  for (const maxBytes of [-1, Number.NaN, Infinity, 1.5, '5', null])
    expect(await problemsOf({ downloads: { hosts, maxBytes } })).toContain(large);
  expect(await problemsOf({ token: 'a b', downloads: { hosts: 'all', timeout: '', maxBytes: '' } })).toMatch(
    /token is .*; downloads\.hosts is .*; downloads\.timeout .*; downloads\.maxBytes is /,
  );
  expect(await problemsOf({ downloads: null })).toContain('downloads.hosts is no list of hosts');
  for (const host of [
    '127.0.0.1:80',
    'https://a.example.com',
    'a.example.com/x',
    '[::1]',
    '*',
    'a.*.com',
    '127.1',
    'ä.example.com',
  ])
    expect(await problemsOf({ downloads: { hosts: ['example.com', host] } })).toContain(
      `${JSON.stringify(host)} is no host name`,
    );
  const all = ['example.com', 'Example.COM', 'localhost', '*.example.com', '10.0.0.1', '::1', 'my_host'];
  await (await startServer(service, { port: 0, downloads: { hosts: all } })).close();
  const server = await startServer(service, { port: 0, downloads: { hosts, timeout: 1, maxBytes: 1 } });
  await server.close();
});
