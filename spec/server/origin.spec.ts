import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { originOf } from '../../lib/server/origin.js';
import { places } from '../helpers/refused.js';
import { startRest } from '../helpers/rest.js';
import { scriptedPlugin, versionNaming } from '../helpers/scripted-plugin.js';
import { startService } from '../helpers/service.js';
import { zipped } from '../helpers/zipped.js';

describe('the origin of a package', () => {
  it.each([
    ['https://example.com/a/thermo.zip', 'https://example.com/a/thermo.zip'],
    ['https://user:secret@example.com:8443/thermo.zip#part', 'https://example.com:8443/thermo.zip'],
    ['https://token@example.com/thermo.zip', 'https://example.com/thermo.zip'],
    [
      'https://example.com/t.zip?version=1.2&token=abc&ref=main',
      'https://example.com/t.zip?version=1.2&token=***&ref=main',
    ],
    [
      'https://example.com/t.zip?X-Amz-Signature=00ff&Expires=9',
      'https://example.com/t.zip?X-Amz-Signature=***&Expires=***',
    ],
    ['https://example.com/t.zip?anything', 'https://example.com/t.zip?***'],
    ['https://example.com/t.zip?secret%3D1', 'https://example.com/t.zip?***'],
    ['https://example.com/t.zip?c2VjcmV0Cg==', 'https://example.com/t.zip?***'],
    ['https://example.com/t.zip?c2VjcmV0Cg=', 'https://example.com/t.zip?***'],
    ['https://example.com/t.zip?version=', 'https://example.com/t.zip?***'],
    ['https://example.com/t.zip?token=c2VjcmV0Cg==', 'https://example.com/t.zip?token=***'],
    ['https://example.com/t.zip?version=1;token=abc', 'https://example.com/t.zip?version=***'],
    ['https://example.com/t.zip?secret;version=1', 'https://example.com/t.zip?***'],
    ['https://example.com/t.zip?version=1=abc', 'https://example.com/t.zip?version=***'],
    [
      'https://example.com/t.zip?ref=feature%2Fx&tag=v1.2-rc.1+x',
      'https://example.com/t.zip?ref=feature%2Fx&tag=v1.2-rc.1+x',
    ],
    ['https://example.com/t.zip?', 'https://example.com/t.zip'],
    ['file:///tmp/thermo.zip', undefined],
    ['nonsense', undefined],
  ])('%s is %s', (uri, origin) => {
    expect(originOf(uri)).toBe(origin);
  });

  it('is what the lock file has of a download, after an update too, without what nobody may read', async () => {
    const { dir } = places();
    const plugin = scriptedPlugin();
    const zips = {
      '/one.zip': zipped(plugin.dir, plugin.name).bytes,
      '/two.zip': zipped(versionNaming(plugin, 'v2.0.0').dir, plugin.name).bytes,
    };
    const server = createServer(({ url = '' }, response) => {
      response.end(zips[url.replace(/\?.*/, '') as keyof typeof zips]);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const service = await startService({ dir });
      const { ask } = await startRest(service, { downloads: { hosts: ['127.0.0.1'] } });
      const lock = (): unknown => JSON.parse(readFileSync(join(dir, 'plugins/rxport-lock.json'), 'utf8'));
      const sourceIs = (source: string): object => ({ plugins: [{ name: plugin.name, current: { source } }] });
      const body = (file: string): object => ({ name: plugin.name, file });
      const file = `http://me:secret@127.0.0.1:${port}/one.zip?token=abc&version=1`;
      expect((await ask('POST', '/plugins/portables', body(file))).text).toMatch(/is created$/);
      expect(lock()).toMatchObject(sourceIs(`http://127.0.0.1:${port}/one.zip?token=***&version=1`));
      expect(service.host.plugins.get(plugin.name).source).toBe(`http://127.0.0.1:${port}/one.zip?token=***&version=1`);
      const next = body(`http://127.0.0.1:${port}/two.zip`);
      expect((await ask('PUT', `/plugins/portables/${plugin.name}`, next)).text).toMatch(/is updated$/);
      expect(lock()).toMatchObject(sourceIs(`http://127.0.0.1:${port}/two.zip`));
    } finally {
      server.close().closeAllConnections();
    }
  });
});
