import { dirname } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';

/** An entry of a zip, in the order of the zip. */
export interface PackedEntry {
  /** With "/"; a folder's ends with it. */
  readonly path: string;
  /** Unix mode with or without its type bits; 0 when the zip has none, as one made on Windows. */
  readonly mode: number;
}

const list = t.union([t.readonlyArray(t.string), t.null, t.undefined]);
const text = t.union([t.string, t.null, t.undefined]);
/** What Go's decoder takes. */
const Stock = t.type({
  name: text,
  language: text,
  executable: text,
  sources: list,
  sinks: list,
  functions: list,
  virtualEnvType: text,
  env: text,
});
type Stock = t.TypeOf<typeof Stock>;

/** Folders whose files eKuiper puts where those of all plugins are. */
const SHARED = /^(sources|sinks|functions)\//;

/**
 * Why a stock eKuiper would refuse the plugin `name`, or could not run it; nothing when it takes it. `manifest` is the JSON
 * in `<name>.json`, `entries` is all that the zip holds. Where eKuiper has a text of its own, a problem begins with it.
 *
 * It asks for more than we do: a YAML file for each source, and an entry for each folder that holds folders.
 */
export function stockProblems(name: string, manifest: unknown, entries: readonly PackedEntry[]): readonly string[] {
  const decoded = Stock.decode(manifest);
  if (isLeft(decoded)) {
    const keys = new Set(decoded.left.map(({ context }) => context[1]?.key || 'the whole'));
    return [`invalid plugin, ${[...keys].join(', ')} in ${name}.json: use texts, and lists of texts`];
  }
  return [
    ...manifestProblems(name, decoded.right),
    ...missingFiles(name, decoded.right, entries),
    ...modeProblems(decoded.right, entries),
    ...folderProblems(entries),
    ...sharedProblems(entries),
  ];
}

function manifestProblems(name: string, stock: Stock): readonly string[] {
  const { language, executable, virtualEnvType, env } = stock;
  const symbols = [stock.sources, stock.sinks, stock.functions].flatMap((some) => some ?? []);
  const rules: readonly (readonly [boolean, string])[] = [
    [isSet(stock.name) && stock.name !== name, `invalid plugin, expect name '${name}' but got '${stock.name}'`],
    [!isSet(language), 'invalid plugin, missing language'],
    [!isSet(executable), 'invalid plugin, missing executable'],
    [symbols.length === 0, 'invalid plugin, must define at lease one source, sink or function'],
    [
      isSet(language) && language !== 'go' && language !== 'python',
      `invalid plugin, language '${language}' is not supported: a stock eKuiper knows go (any program) and python`,
    ],
    [
      isSet(virtualEnvType) && virtualEnvType !== 'conda',
      `virtualEnvType '${virtualEnvType}' is not supported: a stock eKuiper knows conda`,
    ],
    [virtualEnvType === 'conda' && !isSet(env), 'env is missing: a stock eKuiper crashes on conda without it'],
  ];
  return rules.flatMap(([broken, problem]) => (broken ? [problem] : []));
}

function missingFiles(name: string, stock: Stock, entries: readonly PackedEntry[]): readonly string[] {
  const descriptors = (stock.sources ?? []).map((source) => `sources/${source}.yaml`);
  const needed = [`${name}.json`, ...(isSet(stock.executable) ? [stock.executable] : []), ...descriptors];
  const files = new Set(entries.map(({ path }) => path));
  return needed.flatMap((file) => {
    if (files.has(file)) return [];
    const hint = descriptors.includes(file) ? ': a stock eKuiper wants one for each source, "default: {}" will do' : '';
    return [`missing ${file}${hint}`];
  });
}

/** It takes over the modes of the entries as they are. */
function modeProblems({ language, executable }: Stock, entries: readonly PackedEntry[]): readonly string[] {
  return entries.flatMap(({ path, mode }) => {
    if ((mode & 0o400) === 0) return [`${path} may not be read: its mode is ${(mode & 0o777).toString(8)}`];
    const runs = language === 'go' && path === executable;
    return runs && (mode & 0o100) === 0 ? [`${path} may not be executed: its mode lacks the x`] : [];
  });
}

/** It makes one level of folders for a file, and not those above. */
function folderProblems(entries: readonly PackedEntry[]): readonly string[] {
  const made = new Set(['.', 'sources', 'sinks', 'functions']);
  const problems = new Map<string, string>();
  for (const { path } of entries) {
    const folder = path.endsWith('/') ? path.slice(0, -1) : dirname(path);
    const above = dirname(folder);
    if (!made.has(folder) && !made.has(above))
      problems.set(above, `${path} comes before the folder ${above}/, which needs an entry of its own`);
    made.add(folder);
  }
  return [...problems.values()];
}

function sharedProblems(entries: readonly PackedEntry[]): readonly string[] {
  return entries.flatMap(({ path }) =>
    SHARED.test(path) && !/(\/|\.(ya?ml|json))$/.test(path)
      ? [`${path} is put into a folder that all plugins share, where the program does not find it`]
      : [],
  );
}

const isSet = (value: string | null | undefined): value is string =>
  value !== undefined && value !== null && value !== '';
