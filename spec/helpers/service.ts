/** Services in folders of their own, stopped after the spec that started them, and rule files to run in them. */
import { afterEach } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Service, type ServiceOptions } from '../../lib/service/service.js';
import { silent } from './host.js';
import { toolchain } from './toolchains.js';
import { tempFolder } from './unique.js';

const services: Service[] = [];

afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()));
});

export async function startService(options: Partial<ServiceOptions> = {}): Promise<Service> {
  const python = toolchain('python');
  const service = await Service.start({
    dir: join(tempFolder(), 'data'),
    logger: silent,
    flushTimeout: 300,
    ...(python.ok && { pythonBin: python.bin }),
    ...options,
  });
  services.push(service);
  return service;
}

/** A folder of rule files, far from any package. */
export class RuleFolder {
  readonly dir = join(tempFolder(), 'rules');

  constructor(files: Readonly<Record<string, string>> = {}) {
    mkdirSync(this.dir);
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): string {
    const path = join(this.dir, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }
}

/** A rule file whose rule never ends; `note` makes its text another one. */
export const idle = (id: string, note = ''): string => `
import { NEVER } from 'rxjs';
import { defineRule } from 'rxport';
export default defineRule('${id}', () => NEVER); // ${note}
`;
