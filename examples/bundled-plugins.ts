import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from 'rxport';

/** Installs a plugin that comes with rxport; one that the data folder holds already is kept, or replaced when it differs. */
export async function provide(host: Host, name: string): Promise<'kept' | 'replaced' | 'installed'> {
  const source = fileURLToPath(new URL(`../plugins/${name}`, import.meta.url));
  const known = host.plugins.has(name);
  if (known) {
    if (await isSame(source, host.plugins.get(name).dir)) return 'kept';
    await host.plugins.remove(name);
  }
  await host.plugins.install(source);
  return known ? 'replaced' : 'installed';
}

/** Whether `copy` holds every file of `folder` as it is. It may hold more: what the plugin has written there. */
async function isSame(folder: string, copy: string): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  const same = files.map(async (file) => {
    const [one, other] = await Promise.all([
      readFile(join(folder, file)),
      readFile(join(copy, file)).catch(() => undefined),
    ]);
    return other !== undefined && one.equals(other);
  });
  return (await Promise.all(same)).every(Boolean);
}
