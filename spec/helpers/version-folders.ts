/** A data folder in which a plugin is installed, updated and found again, as a host does it. */
import { lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  commit,
  dropVersion,
  type InstalledPlugin,
  keepVersion,
  load,
  placeVersion,
  pluginFolders,
  stage,
  type Staged,
  tidyVersions,
} from '../../lib/install/install.js';
import { removeTree } from '../../lib/install/remove-tree.js';
import { writeTree } from './tree.js';
import { tempFolder } from './unique.js';

export class VersionFolders {
  /** Holds the data folder, and whatever else there is. */
  readonly dir = tempFolder();
  folders = pluginFolders(join(this.dir, 'data'));
  home = join(this.folders.portables, 'thermo');

  /** From now on this is the data folder. */
  use(data: string): void {
    this.folders = pluginFolders(join(this.dir, data));
    this.home = join(this.folders.portables, 'thermo');
  }

  /** A version in a folder outside. */
  sources(version: string): Promise<string> {
    return writeTree(join(this.dir, version, 'thermo'), {
      'thermo.json': JSON.stringify({ version, language: 'python', executable: 'main.py', sources: ['thermo'] }),
      'main.py': `print("${version}")`,
    });
  }

  async install(): Promise<InstalledPlugin> {
    return commit(await this.staged('v1'), this.folders.portables);
  }

  async keep(version: string): Promise<InstalledPlugin> {
    return keepVersion(await this.staged(version), this.folders, this.home);
  }

  async update(version: string): Promise<InstalledPlugin> {
    const old = await load(this.home);
    const next = await keepVersion(await this.staged(version), this.folders, old.home);
    await placeVersion(next);
    await dropVersion(old, this.folders);
    return next;
  }

  /** The version that a host finds when it starts. */
  async restart(): Promise<string> {
    await tidyVersions(this.folders);
    await removeTree(this.folders.staging);
    return (await load(this.home)).manifest.version;
  }

  /** What is in the folders of plugins, without what is in plugins; random parts of names are cut. */
  async left(): Promise<readonly string[]> {
    const { portables, portable, staging, versions } = this.folders;
    const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
    const all = await Promise.all([portables, portable, staging, versions].map(names));
    return all.flat().map((name) => name.replace(/@[0-9a-f]{12}/, '@').replace(/link-[0-9a-f]+/, 'link-'));
  }

  private async staged(version: string): Promise<Staged> {
    return stage(await this.sources(version), this.folders.staging);
  }
}

export const isLink = (path: string): boolean => lstatSync(path).isSymbolicLink();
