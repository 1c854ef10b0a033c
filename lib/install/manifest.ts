import { basename } from 'node:path';
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { isReplicas, MAX_REPLICAS } from '../config.js';
import { manifestInvalid } from '../errors.js';
import { Name, PLURAL } from '../wire/names.js';

/** What a manifest may say, and how the host starts it. `go` runs the file as it is, and so does `executable`. */
const LANGUAGES = new Map([
  ['go', 'go'],
  ['python', 'python'],
  ['node', 'node'],
  ['javascript', 'node'],
  ['typescript', 'node'],
  ['executable', 'executable'],
] as const);

const LanguageName = t.keyof({ go: null, python: null, node: null, executable: null });
const EnvironmentName = t.keyof({ conda: null, venv: null, uv: null });
export type Language = t.TypeOf<typeof LanguageName>;

/** eKuiper reads the file with Go's decoder: there null, an empty string and a missing key are the same. */
const isMissing = (value: unknown): value is undefined | null | '' =>
  value === undefined || value === null || value === '';

const show = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** A field whose problem has a text of its own. */
const field = <A>(is: t.Is<A>, read: (value: unknown) => A | undefined, problem: (value: unknown) => string) =>
  new t.Type<A, A, unknown>(
    'field',
    is,
    (value, context) => {
      const result = read(value);
      return result === undefined ? t.failure(value, context, problem(value)) : t.success(result);
    },
    t.identity,
  );

/** Missing, null and empty become undefined; anything else is `codec`'s to judge. */
const optional = <A>(codec: t.Type<A, A, unknown>, text: string) =>
  new t.Type<A | undefined, A | undefined, unknown>(
    'optional',
    (value): value is A | undefined => value === undefined || codec.is(value),
    (value, context) => {
      if (isMissing(value)) return t.success(undefined);
      return codec.is(value) ? t.success(value) : t.failure(value, context, `is ${show(value)}: ${text}`);
    },
    t.identity,
  );

const Language = field<Language>(
  LanguageName.is,
  (value) => LANGUAGES.get(value as Language),
  (value) =>
    `${isMissing(value) ? 'is missing' : `${show(value)} is not supported`}: use "go", "python", "node" or "executable"`,
);

/** Relative to the plugin's folder, and inside it. */
const isExecutable = (value: unknown): value is string =>
  typeof value === 'string' &&
  value !== '' &&
  !/^[A-Za-z]:|^\/|[\\\0]/.test(value) &&
  !value.split('/').includes('..') &&
  !value.endsWith('/');

const Executable = field<string>(
  isExecutable,
  (value) => (isExecutable(value) ? value : undefined),
  (value) =>
    isMissing(value)
      ? "is missing: name the file to run, relative to the plugin's folder"
      : `${show(value)} is not a file in the plugin's folder: use a relative path with "/" and without ".."`,
);

const Replicas = new t.Type<number, number, unknown>(
  'Replicas',
  isReplicas,
  (value, context) => (isReplicas(value) ? t.success(value) : t.failure(value, context)),
  t.identity,
);

/** Go's decoder takes a missing version; so do we, as an empty one. */
const Version = field<string>(
  t.string.is,
  (value) => (isMissing(value) ? '' : typeof value === 'string' ? value : undefined),
  (value) => `is ${show(value)}: use a string such as "v1.0.0"`,
);

const Symbols = new t.Type<readonly string[], readonly string[], unknown>(
  'Symbols',
  t.readonlyArray(Name).is,
  (value, context) => {
    if (isMissing(value)) return t.success([]);
    if (!Array.isArray(value)) return t.failure(value, context, `is ${show(value)}: use a list of names`);
    const names: readonly unknown[] = value;
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) return t.failure(value, context, `holds ${show(repeated)} twice: name each once`);
    return t.array(Name).validate(value, context);
  },
  t.identity,
);

const Fields = t.exact(
  t.intersection([
    t.type({
      version: Version,
      language: Language,
      executable: Executable,
      sources: Symbols,
      sinks: Symbols,
      functions: Symbols,
    }),
    t.partial({
      name: optional(Name, 'use 1 to 64 letters, digits, "_", "-" or "."'),
      virtualEnvType: optional(EnvironmentName, 'use "conda", "venv" or "uv"'),
      env: optional(t.string, "use the environment's name"),
      replicas: optional(Replicas, `use a whole number from 1 to ${MAX_REPLICAS}`),
    }),
  ]),
);

/**
 * `<plugin>.json` in the root of a plugin: what it is made of and how it is started. Unknown keys are ignored, missing
 * lists are empty, `javascript` and `typescript` read as `node`.
 */
export const Manifest = new t.Type<Readonly<t.TypeOf<typeof Fields>>, t.OutputOf<typeof Fields>, unknown>(
  'Manifest',
  (value): value is Manifest => Fields.is(value) && wholeProblems(value).length === 0,
  (value, context) => {
    if (!t.UnknownRecord.is(value)) return t.failure(value, context, `is ${show(value)}: use a JSON object`);
    const fields = Fields.validate(value, context);
    const whole = wholeProblems(value).map((message) => ({ value, context, message }));
    if (isLeft(fields)) return t.failures([...fields.left, ...whole]);
    return whole.length > 0 ? t.failures(whole) : fields;
  },
  t.identity,
);
export type Manifest = Readonly<t.TypeOf<typeof Fields>>;

/** What no field can tell alone. */
function wholeProblems(manifest: Readonly<Record<string, unknown>>): readonly string[] {
  const isEmpty = (list: unknown): boolean => isMissing(list) || (Array.isArray(list) && list.length === 0);
  const lists = Object.values(PLURAL);
  return [
    ...(lists.every((list) => isEmpty(manifest[list])) ? [`${lists.join(', ')}: name at least one symbol`] : []),
    ...(manifest.virtualEnvType === 'conda' && isMissing(manifest.env)
      ? ['env is missing: virtualEnvType "conda" needs the name of the environment']
      : []),
  ];
}

/**
 * The manifest in `json`, which was read from `file`; the file's name is the plugin's.
 *
 * Throws `ERR_MANIFEST_INVALID` with every problem found.
 */
export function parseManifest(json: unknown, file: string): Manifest {
  const plugin = basename(file, '.json');
  const named = t.UnknownRecord.is(json) && typeof json.name === 'string' && json.name !== '' ? json.name : plugin;
  const mismatch =
    named === plugin
      ? []
      : [`name is ${show(named)}: rename the file to ${named}.json, or the plugin to ${show(plugin)}`];
  const decoded = Manifest.decode(json);
  const problems = [...(isLeft(decoded) ? decoded.left.map(describe) : []), ...mismatch];
  if (isLeft(decoded) || problems.length > 0) throw manifestInvalid(file, problems);
  return decoded.right;
}

/** `sources[1] "a/b" is not a name: …` */
function describe({ context, message }: t.ValidationError): string {
  // Intersections add steps named by their position, always just below the root.
  const keys = context.slice(1).flatMap(({ key }, index) => (index === 0 && /^\d$/.test(key) ? [] : [key]));
  const path = keys.map((key) => (/^\d+$/.test(key) ? `[${key}]` : key)).join('');
  return `${path} ${message ?? 'is not allowed'}`.trimStart();
}
