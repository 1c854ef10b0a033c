/** Hosts in folders of their own, stopped after the spec that started them. */
import { afterEach } from '@jest/globals';
import { join } from 'node:path';
import { Host, type HostOptions } from '../../lib/index.js';
import { loggerOf } from '../../lib/log.js';
import { toolchain } from './toolchains.js';
import { tempFolder } from './unique.js';

const hosts: Host[] = [];

afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.stop()));
});

export async function startHost(options: Partial<HostOptions> = {}): Promise<Host> {
  const python = toolchain('python');
  const host = await Host.start({
    dir: join(tempFolder(), 'data'),
    logger: silent,
    ...(python.ok && { pythonBin: python.bin }),
    ...options,
  });
  hosts.push(host);
  return host;
}

export const silent = loggerOf(() => undefined);
