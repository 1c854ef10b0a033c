import { pluginMismatch } from '../errors.js';
import type { Host } from '../host.js';

export interface PackageRequest {
  /** What the plugin is to be called. */
  readonly name: string;
  /** A zip or a folder. */
  readonly path: string;
  /** Words for its `install.sh`. */
  readonly shellParas?: readonly string[] | undefined;
  readonly signal?: AbortSignal;
}

/** Installs what must be the plugin `name`. Rejects as `plugins.install`, and with `ERR_PLUGIN_MISMATCH`. */
export async function installAs({ plugins }: Host, { name, path, shellParas, signal }: PackageRequest): Promise<void> {
  const options = { name, ...(shellParas && { shellParas }), ...(signal && { signal }) };
  const plugin = await plugins.install(path, options);
  if (plugin.name === name) return;
  await plugins.remove(plugin.name, { force: true });
  throw pluginMismatch(name, path, plugin.name);
}
