import { join } from 'node:path';
import type { Service } from '../../lib/service/service.js';
import { type Rest, startRest } from './rest.js';
import { type ScriptedPlugin, scriptedPlugin } from './scripted-plugin.js';
import { startService } from './service.js';
import { tempFolder } from './unique.js';

export interface ServiceWithPlugin {
  /** The data folder. */
  readonly dir: string;
  readonly service: Service;
  readonly plugin: ScriptedPlugin;
  readonly rest: Rest;
}

/** A service with one plugin, and its REST API. */
export async function serviceWithPlugin(): Promise<ServiceWithPlugin> {
  const dir = join(tempFolder(), 'data');
  const service = await startService({ dir });
  const plugin = scriptedPlugin();
  await service.host.plugins.install(plugin.dir);
  return { dir, service, plugin, rest: await startRest(service) };
}
