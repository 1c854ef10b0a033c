import { join } from 'node:path';
import { Host, type HostOptions, type Logger } from '../../lib/index.js';
import { subjectPython as pythonBin } from '../helpers/subject.js';
import { type PluginFolder, tempFolder } from './plugins.js';

const quiet = (): void => undefined;
const silent: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => silent };

/** A host in a folder of its own, with these plugins installed. */
export async function startHost(
  plugins: readonly Pick<PluginFolder, 'dir'>[],
  options: Partial<HostOptions> = {},
): Promise<Host> {
  const host = await Host.start({ dir: join(tempFolder(), 'data'), logger: silent, pythonBin, ...options });
  for (const { dir } of plugins) await host.plugins.install(dir);
  return host;
}

export { silent };
