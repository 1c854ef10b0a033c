import { join } from 'node:path';
import { Host, type HostOptions } from '../../lib/index.js';
import { loggerOf } from '../../lib/log.js';
import { subjectPython as pythonBin } from '../helpers/subject.js';
import { type PluginFolder, tempFolder } from './plugins.js';

const silent = loggerOf(() => undefined);

/** A host in folders of its own, with these plugins installed. */
export async function startHost(
  plugins: readonly Pick<PluginFolder, 'dir'>[],
  options: Partial<HostOptions> = {},
): Promise<Host> {
  const folder = tempFolder();
  const host = await Host.start({ dir: join(folder, 'data'), ipcDir: folder, logger: silent, pythonBin, ...options });
  for (const { dir } of plugins) await host.plugins.install(dir);
  return host;
}

export { silent };
