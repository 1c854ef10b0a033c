import { join, resolve } from 'node:path';
import type { InstalledPlugin } from './installed-plugin.js';

/** Where plugins lie in a host's data folder. */
export interface PluginFolders {
  readonly portables: string;
  /** Where eKuiper keeps them: its data folder can be used as it is. */
  readonly portable: string;
  readonly staging: string;
  /** Versions that an update has brought; the home of their plugin is a link. */
  readonly versions: string;
}

export function pluginFolders(dataDir: string): PluginFolders {
  const plugins = resolve(dataDir, 'plugins');
  return {
    portables: join(plugins, 'portables'),
    portable: join(plugins, 'portable'),
    staging: join(plugins, '.staging'),
    versions: join(plugins, '.versions'),
  };
}

/** A checked plugin that is not in its place yet. `commit` or `discard` it. */
export interface Staged extends InstalledPlugin {
  /** Its part of the staging folder; `dir` lies inside. */
  readonly root: string;
}
