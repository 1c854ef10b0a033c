import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Clock, dateOf } from '../clock.js';
import type { InstalledPlugin } from '../install/install.js';
import type { InstallOptions, PluginStore } from '../install/plugin-store.js';
import type { Registry } from '../registry/registry.js';
import type { PluginLink } from './plugin-link.js';
import type { BrokenPlugin } from './plugins.js';
import { becomesReady } from './readiness.js';
import type { UpdateReport } from './update-report.js';

export interface RepairParts {
  readonly registry: Registry;
  readonly store: PluginStore;
  readonly clock: Clock;
  /** Starts its process. */
  readonly open: (plugin: InstalledPlugin) => Promise<PluginLink>;
  /** Ends its process, and takes it out of the registry. */
  readonly close: (plugin: InstalledPlugin) => Promise<void>;
}

export type RepairOptions = Omit<InstallOptions, 'name' | 'signal'> & { readonly signal: AbortSignal };

/**
 * A version that can be loaded, from a zip or a folder, in the place of one that can not. As in an update it is started in
 * a folder of its own, which becomes that of the plugin when its process has shaken hands: what fails leaves the broken one.
 */
export async function repairPlugin(
  parts: RepairParts,
  broken: BrokenPlugin,
  source: string,
  options: RepairOptions,
): Promise<UpdateReport> {
  const { registry, store, clock } = parts;
  const started = clock.now();
  const name = basename(broken.dir);
  const staged = await store.stage(source, { ...options, name });
  let version: InstalledPlugin;
  try {
    registry.checkSymbols(staged);
    const ready = await store.prepare(staged, options);
    // A script may have changed the manifest, and other plugins may have come.
    registry.checkSymbols(ready);
    version = await store.keep(ready, broken.dir);
  } catch (error) {
    await store.discard(staged);
    throw error;
  }
  await serve(parts, version, options.signal);
  const versions = { from: broken.manifest?.version ?? '', to: version.manifest.version };
  const took = clock.now() - started;
  return { name, at: dateOf(clock), ...versions, strategy: 'replace', took, sources: [], functions: [], sinks: [] };
}

async function serve({ registry, store, open, close }: RepairParts, version: InstalledPlugin, signal: AbortSignal) {
  // Where an update had brought it, its home is a link.
  const before = await realpath(version.home).catch(() => version.home);
  try {
    registry.add(version);
  } catch (error) {
    await store.drop(version);
    throw error;
  }
  try {
    await becomesReady(await open(version), signal);
    await store.place(version);
  } catch (error) {
    await close(version);
    await store.drop(version);
    throw error;
  }
  await store.drop({ dir: before });
}
