/** What a stock eKuiper wants differently. */
import { posix } from 'node:path';
import type { Manifest } from '../install/manifest.js';
import { PLURAL, SYMBOL_KINDS } from '../wire/names.js';

export interface StockLayout {
  readonly manifest: Readonly<Record<string, unknown>>;
  /** Files that eKuiper asks for and the plugin does not have: path → text. */
  readonly added: ReadonlyMap<string, string>;
  /** What works differently there, or not at all. */
  readonly notes: readonly string[];
}

/** Of eKuiper 2.4 with all its extensions: one of its own wins over a plugin's. */
const BUILT_IN: Readonly<Record<'sources' | 'sinks', readonly string[]>> = {
  sources: [
    ...['mqtt', 'httppull', 'httppush', 'file', 'memory', 'neuron', 'websocket', 'simulator', 'nexmark'],
    ...['random', 'video', 'sql', 'kafka', 'edgex', 'redis', 'redisSub'],
  ],
  sinks: [
    ...['log', 'logToMemory', 'mqtt', 'rest', 'nop', 'memory', 'neuron', 'file', 'websocket'],
    ...['image', 'influx', 'influx2', 'kafka', 'sql', 'edgex', 'redis', 'redisPub'],
  ],
};

/** Its streams have options of these names, and put them in the place of a source's own, empty ones too. */
const OF_STREAMS: readonly string[] = [
  ...['datasource', 'format', 'key', 'schemaId', 'delimiter', 'retainSize', 'strictValidation'],
  ...['timestamp', 'timestampFormat'],
];

/**
 * The manifest that a stock eKuiper takes, from the one in the folder: `raw`, and as it was read. It knows the languages go
 * and python, and starts a program of `go` as it is, so that one in JavaScript needs a first line and the bit. `settings`:
 * the names of those of each source.
 */
export function forEkuiper(
  raw: Readonly<Record<string, unknown>>,
  manifest: Manifest,
  paths: ReadonlySet<string>,
  settings: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): StockLayout {
  const notes: string[] = [];
  const { virtualEnvType, env, ...kept } = raw;
  const { language } = manifest;
  if (language === 'node') notes.push('eKuiper starts the executable itself: its machine needs node on the PATH');
  if (manifest.virtualEnvType === 'venv' || manifest.virtualEnvType === 'uv') {
    notes.push(`virtualEnvType "${manifest.virtualEnvType}" is left out: eKuiper's own Python needs the packages`);
  }
  if ((manifest.replicas ?? 1) > 1) notes.push('replicas mean nothing to eKuiper: it starts one process');
  const added = new Map(missingYaml(manifest, paths).map((path) => [path, 'default: {}\n']));
  for (const path of added.keys()) notes.push(`${path} was missing and is made: eKuiper wants one for each source`);
  notes.push(...nameNotes(manifest), ...strayNotes(manifest, paths), ...settingNotes(settings));
  return {
    manifest: {
      ...kept,
      ...(manifest.virtualEnvType === 'conda' && { virtualEnvType, env }),
      language: language === 'python' ? 'python' : 'go',
      // Compared with the entries of the zip letter by letter.
      executable: posix.normalize(manifest.executable),
    },
    added,
    notes,
  };
}

const missingYaml = ({ sources }: Manifest, paths: ReadonlySet<string>): readonly string[] =>
  sources.map((source) => `sources/${source}.yaml`).filter((path) => !paths.has(path));

function nameNotes(manifest: Manifest): readonly string[] {
  const taken = (['sources', 'sinks'] as const).flatMap((list) =>
    manifest[list]
      .filter((symbol) => BUILT_IN[list].includes(symbol))
      .map((symbol) => `${list}: ${symbol} is eKuiper's own as well, which wins: give this one another name`),
  );
  const unspeakable = manifest.functions
    .filter((symbol) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(symbol))
    .map((symbol) => `functions: ${symbol} is no name in SQL: use letters, digits and "_"`);
  return [...taken, ...unspeakable];
}

/** eKuiper unpacks these folders into those of all plugins; what is no description there, its rules refuse. */
const strayNotes = (manifest: Manifest, paths: ReadonlySet<string>): readonly string[] =>
  [...paths].sort().flatMap((path) => {
    const kind = SYMBOL_KINDS.find((one) => path.startsWith(`${PLURAL[one]}/`));
    if (kind === undefined) return [];
    const [, symbol] = /^\w+\/(.*)\.(?:json|ya?ml)$/.exec(path) ?? [];
    return symbol === undefined || manifest[PLURAL[kind]].includes(symbol)
      ? []
      : [`${path} belongs to no ${kind} of the plugin: eKuiper puts it among those of all plugins`];
  });

const settingNotes = (settings: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] =>
  [...settings].flatMap(([source, names]) => {
    const taken = OF_STREAMS.filter((name) => names.has(name));
    if (taken.length === 0) return [];
    return [`sources/${source}: eKuiper's streams set ${taken.join(', ')} themselves: give these settings other names`];
  });
