import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UnknownRecord } from 'io-ts';
import { type Document, LineCounter, parseDocument, visit } from 'yaml';
import { configInvalid, confKeyUnknown, reasonOf } from '../errors.js';
import { checkName, PLURAL, type SymbolKind } from '../wire/names.js';

export interface SymbolConfigOptions {
  readonly pluginDir: string;
  /** The user's own: `<data folder>/etc`. Only read, never written. */
  readonly etcDir: string;
  readonly kind: SymbolKind;
  readonly symbol: string;
  readonly confKey?: string | undefined;
  readonly inline?: Readonly<Record<string, unknown>> | undefined;
}

type Config = Readonly<Record<string, unknown>>;
type Sections = ReadonlyMap<string, Config>;

const DEFAULT = 'default';

/**
 * What START hands to a symbol. Later wins: the plugin's `sources/<symbol>.yaml` section `default`, its section
 * `confKey`, the same two of the user's `etc/sources/<symbol>.yaml`, then `inline`.
 *
 * Files are YAML, of which JSON is a part. A `<symbol>.json` beside them is not read: eKuiper's have the texts and icons of
 * its own interface in there, in a plugin as in `etc`.
 *
 * By whole property of the top level: a later map replaces an earlier one, it is not merged into it. Values pass through
 * as they are, templates too; a number that JSON would change is refused. Reads the files each time: called when a rule starts, so an edited file is seen then.
 *
 * Throws `ERR_NAME_INVALID`, `ERR_CONFIG_INVALID` (which names file and line), `ERR_CONF_KEY_UNKNOWN`.
 */
export function symbolConfig(options: SymbolConfigOptions): Record<string, unknown> {
  const { pluginDir, etcDir, kind, symbol, confKey = DEFAULT, inline = {} } = options;
  const file = join(PLURAL[kind], `${checkName(kind, symbol)}.yaml`);
  const layers = [pluginDir, etcDir].map((folder) => readSections(join(folder, file)));
  checkKey(options, confKey, layers);
  const keys = confKey === DEFAULT ? [DEFAULT] : [DEFAULT, confKey];
  const sections = layers.flatMap((layer) => keys.map((key) => layer.get(key) ?? {}));
  return sections.concat(inline).reduce<Record<string, unknown>>((all, section) => ({ ...all, ...section }), {});
}

function checkKey({ kind, symbol, pluginDir, etcDir }: SymbolConfigOptions, key: string, layers: readonly Sections[]) {
  if (key === DEFAULT || layers.some((layer) => layer.has(key))) return;
  const known = [...new Set(layers.flatMap((layer) => [...layer.keys()]))];
  const places = [pluginDir, etcDir].map((folder) => join(folder, PLURAL[kind], `${symbol}.yaml`)).join(' or ');
  const use = known.length > 0 ? `use one of ${known.join(', ')}, or` : 'there are none:';
  throw confKeyUnknown({ kind, symbol, confKey: key, pluginDir }, `${use} add it to ${places}`);
}

/** A missing file has no sections. */
function readSections(file: string): Sections {
  const text = readText(file);
  if (text === undefined) return new Map();
  const content = parseYaml(text, file) ?? {};
  if (!isMap(content)) throw configInvalid(file, ['holds no map: write sections such as "default:" at the top level']);
  return new Map(
    Object.entries(content).map(([key, section]): [string, Config] => {
      if (!isMap(section ?? {})) throw configInvalid(file, [`section ${key} is no map: write properties below it`]);
      return [key, (section ?? {}) as Config];
    }),
  );
}

const isMap = (value: unknown): value is Config => UnknownRecord.is(value) && !Array.isArray(value);

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw configInvalid(file, [`can not be read: ${reasonOf(cause)}`]);
  }
}

/** `<<` is on, as in the YAML library of eKuiper. */
function parseYaml(text: string, file: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { merge: true, intAsBigInt: true, prettyErrors: false, lineCounter: lines });
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => `line ${lines.linePos(pos[0]).line}: ${message}`);
    throw configInvalid(file, problems);
  }
  const lost = toJsonNumbers(document, lines);
  if (lost.length > 0) throw configInvalid(file, lost);
  try {
    return document.toJS() as unknown;
  } catch (cause) {
    throw configInvalid(file, [reasonOf(cause)]);
  }
}

/** What START could only hand on as something else, as its JSON has no such value, is told. */
function toJsonNumbers(document: Document.Parsed, lines: LineCounter): readonly string[] {
  const problems: string[] = [];
  visit(document, {
    Scalar: (_, node) => {
      const { value, source = String(value), range } = node;
      if (typeof value === 'bigint') node.value = Number(value);
      const isLost =
        value instanceof Uint8Array ||
        (typeof node.value === 'number' && !isKept(node.value, typeof value === 'bigint'));
      if (isLost)
        problems.push(`line ${lines.linePos(range?.[0] ?? 0).line}: ${source} would change on its way: quote it`);
    },
  });
  return problems;
}

const isKept = (value: number, isInteger: boolean): boolean =>
  isInteger ? Number.isSafeInteger(value) : Number.isFinite(value);
