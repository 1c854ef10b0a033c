/** Hosts in folders of their own, stopped after the spec that started them. */
import { afterEach } from '@jest/globals';
import { join } from 'node:path';
import { Host, type HostOptions, type Logger } from '../../lib/index.js';
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

const quiet = (): void => undefined;
export const silent: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => silent };
