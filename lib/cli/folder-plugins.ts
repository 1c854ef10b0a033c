/** The plugins of a data folder as a host would load them, without starting anything. */
import { basename } from 'node:path';
import type { RxportError } from '../errors.js';
import { pluginFolders } from '../install/folders.js';
import { loadAll } from '../install/load-all.js';
import { Registry } from '../registry/registry.js';

export interface FolderPlugins {
  readonly registry: Registry;
  /** What does not load, has a symbol of another plugin, or the name of one that does load. */
  readonly broken: readonly { readonly name: string; readonly error: RxportError }[];
}

export async function readPlugins(dir: string): Promise<FolderPlugins> {
  const { portables, portable } = pluginFolders(dir);
  const registry = new Registry();
  const broken: { readonly name: string; readonly error: RxportError }[] = [];
  for (const found of await loadAll([portables, portable])) {
    try {
      if ('error' in found) throw found.error;
      registry.add(found.plugin);
    } catch (error) {
      broken.push({ name: basename(found.dir), error: error as RxportError });
    }
  }
  return { registry, broken };
}
