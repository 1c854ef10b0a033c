import { join, resolve } from 'node:path';
import type { Fingerprint } from './fingerprint.js';
import type { InstalledPlugin } from './installed-plugin.js';

/** Where plugins lie in a host's data folder. */
export interface PluginFolders {
  readonly portables: string;
  /** Where eKuiper keeps them: its data folder can be used as it is. */
  readonly portable: string;
  readonly staging: string;
  /** Versions that an update has brought; the home of their plugin is a link. */
  readonly versions: string;
  /** Says what is installed. */
  readonly lockFile: string;
  /** Python environments, by what they are made of. */
  readonly environments: string;
}

export function pluginFolders(dataDir: string): PluginFolders {
  const plugins = resolve(dataDir, 'plugins');
  return {
    portables: join(plugins, 'portables'),
    portable: join(plugins, 'portable'),
    staging: join(plugins, '.staging'),
    versions: join(plugins, '.versions'),
    lockFile: join(plugins, 'rxport-lock.json'),
    environments: resolve(dataDir, 'envs'),
  };
}

/** A checked plugin that is not in its place yet. `commit` or `discard` it. */
export interface Staged extends InstalledPlugin {
  /** Its part of the staging folder; `dir` lies inside. */
  readonly root: string;
  /** The zip or folder that it comes from, absolute. */
  readonly source: string;
  /** Where that has come from, when it was somewhere else before. */
  readonly origin?: string | undefined;
  /** SHA-256 of the zip, in hex. */
  readonly sha256?: string;
  /** Its files, as far as that is known without reading them again. */
  readonly files?: Fingerprint;
}
