import { type Clock, dateOf } from '../clock.js';
import { languageChanged, notUpdated, RxportError, symbolInUse } from '../errors.js';
import { type InstalledPlugin, isAtHome, type Staged } from '../install/install.js';
import type { PluginStore } from '../install/plugin-store.js';
import type { Registry } from '../registry/registry.js';
import { type Instance, lacks, usersOf } from './instance.js';
import type { Cost } from './overlap.js';
import type { Updated } from './change-over.js';
import type { PluginLink } from './plugin-link.js';
import type { ReplicaOptions } from './replica.js';
import type { UpdateReport, UpdateStrategy } from './update-report.js';

export interface UpdateOptions {
  /**
   * `overlap` (default): the new process starts beside the old one, and everything moves to it. `replace`: the old one
   * stops first, for plugins that own what nobody can share.
   */
  readonly strategy?: UpdateStrategy;
  /** Goes on although rules use a symbol that the new version lacks: they fail with `ERR_SYMBOL_REMOVED`. */
  readonly force?: boolean;
  /** Arguments of the `install.sh` that the new version brings, if it does. */
  readonly shellParas?: readonly string[] | undefined;
  /**
   * Where the source has come from, for the lock file: of a download its address, without user, password and query
   * values. Default the source.
   */
  readonly origin?: string | undefined;
  /** Takes the update back, until rules begin to move: a new process that is to answer START then ends. */
  readonly signal?: AbortSignal;
}

/** The same, with what was left open decided. */
type UpdateChoice = Required<Pick<UpdateOptions, 'strategy' | 'force' | 'signal'>> &
  Pick<UpdateOptions, 'shellParas' | 'origin'>;

export interface UpdateParts {
  readonly link: PluginLink;
  readonly registry: Registry;
  readonly store: PluginStore;
  readonly clock: Clock;
  readonly launch: (plugin: InstalledPlugin) => ReplicaOptions;
  /** Where its sockets are. */
  readonly ipcDir: (plugin: InstalledPlugin) => string;
  /** Aborted when the host stops. */
  readonly closing: AbortSignal;
  /** Closes the functions that nobody has any more. */
  readonly retire: (functions: readonly string[]) => Promise<void>;
}

/**
 * Another version of a plugin, from a zip or a folder, in the place of the one that serves. Rejects with the code of what
 * went wrong; the version before then goes on, and nothing of the new one is left.
 */
export async function updatePlugin(parts: UpdateParts, source: string, choice: UpdateChoice): Promise<UpdateReport> {
  const { link, registry, retire } = parts;
  const old = link.plugin;
  // The channel of a function is its processes' until the last of them is gone, and taken back it is its own again.
  const free = registry.reserve(old);
  try {
    return await change(parts, source, choice);
  } finally {
    // Also when it has failed and could not be taken back.
    const { functions } = link.plugin.manifest;
    await retire(old.manifest.functions.filter((symbol) => !functions.includes(symbol))).finally(free);
  }
}

async function change(
  parts: UpdateParts,
  source: string,
  { strategy, force, shellParas, origin, signal }: UpdateChoice,
): Promise<UpdateReport> {
  const { link, registry, store, clock, launch, closing } = parts;
  const started = clock.now();
  const old = link.plugin;
  const staged = await store.stage(source, { name: link.name, origin, signal });
  let version: InstalledPlugin;
  try {
    check(staged, parts, force);
    const ready = await store.prepare(staged, { shellParas, signal });
    // A script may have changed the manifest, and meanwhile other rules may have come.
    check(ready, parts, force);
    version = await store.keep(ready, old.home);
  } catch (error) {
    await store.discard(staged);
    throw error;
  }
  // Replicas of the old version answer calls for a while yet, and read their files where these are.
  const isLate = link.others.serving.length > 0 && (await isAtHome(old));
  const commit = async (): Promise<void> => {
    registry.replace(version);
    if (!isLate) await store.place(version);
  };
  const placeLate = async (): Promise<void> => {
    try {
      await store.place(version);
    } catch (error) {
      const back = async (): Promise<void> => registry.replace(old);
      await link.update(launch(old), { strategy, signal: closing, closing, commit: back });
      throw error;
    }
  };
  let updated: Updated;
  try {
    // Rules may have come while the new process did.
    const begin = (): void => checkUses(version, link, force);
    updated = await link.update(launch(version), { strategy, signal, closing, begin, commit });
    if (isLate) await placeLate();
  } catch (error) {
    // What could not be taken back goes on where it is.
    if (link.plugin === version) throw error;
    registry.replace(old);
    await store.drop(version);
    throw error instanceof RxportError ? notUpdated(link.name, old.manifest.version, error) : error;
  }
  await store.drop(old);
  const versions = { from: old.manifest.version, to: version.manifest.version };
  return {
    name: link.name,
    at: dateOf(clock),
    ...versions,
    strategy: updated.strategy,
    took: clock.now() - started,
    ...reportOf(updated.costs),
  };
}

function check(staged: Staged, { link, registry, ipcDir }: UpdateParts, force: boolean): void {
  const [from, to] = [link.plugin.manifest.language, staged.manifest.language];
  if (ipcDir(staged) !== link.ipcDir) throw languageChanged(link.name, from, to);
  registry.checkSymbols(staged);
  checkUses(staged, link, force);
}

function checkUses(next: InstalledPlugin, link: PluginLink, force: boolean): void {
  const lost = lostUses(next, link.running);
  if (Object.keys(lost).length > 0 && !force) throw symbolInUse(link.name, next.manifest.version, lost);
}

/** The symbols that rules use and the new version lacks, each with these rules. */
export function lostUses(
  next: InstalledPlugin,
  running: readonly Instance[],
): Readonly<Record<string, readonly string[]>> {
  const lost: Record<string, string[]> = {};
  for (const instance of running) {
    if (!lacks(next, instance)) continue;
    const { pluginType, symbolName } = instance.control;
    const symbol = `${pluginType === 'func' ? 'function' : pluginType} ${symbolName}`;
    const users = usersOf(instance);
    if (users.length > 0) lost[symbol] = [...new Set([...(lost[symbol] ?? []), ...users])];
  }
  return lost;
}

function reportOf(costs: readonly Cost[]): Pick<UpdateReport, 'sources' | 'functions' | 'sinks'> {
  const of = (type: Instance['control']['pluginType']) =>
    costs
      .filter(({ instance }) => instance.control.pluginType === type)
      .map(({ instance: { control }, ...cost }) => ({
        rule: control.meta.ruleId,
        symbol: control.symbolName,
        ...cost,
      }));
  return {
    sources: of('source').map(({ rule, symbol, gap }) => ({ rule, symbol, gap })),
    functions: of('func').map(({ symbol, drained }) => ({ symbol, drained })),
    sinks: of('sink').map(({ rule, symbol, gap, queued }) => ({ rule, symbol, gap, queued })),
  };
}
