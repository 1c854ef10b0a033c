import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createJiti, type Jiti, type TransformOptions } from 'jiti';
import { type Clock, dateOf, withDeadline } from '../clock.js';
import { reasonOf, ruleFile, type RxportError } from '../errors.js';
import type { RuleDefinition } from '../rule/define.js';
import { isName } from '../wire/names.js';
import { faultyPart } from './faulty-part.js';
import { fingerprintOf } from './fingerprint.js';
import { noteNativeModules } from './native-modules.js';
import { runningCopy } from './running-copy.js';
import { refuseTopLevelAwait } from './top-level-await.js';

/** What a rule file has brought, or why it has brought nothing. */
export interface LoadedFile {
  readonly file: string;
  readonly rules: readonly RuleDefinition[];
  readonly error: RxportError | undefined;
  /** The file and the local ones that it imports: a change of one is a change of it. */
  readonly parts: readonly string[];
  /** Of `parts`; undefined when one of them was written meanwhile: it is to be read again. */
  readonly print: string | undefined;
}

/** Milliseconds that the top level of a rule file may take. */
const LOAD_TIMEOUT = 10_000;

/**
 * Runs a rule file, TypeScript or JavaScript, anew each time: it and what it imports from its folder is read again. Never
 * rejects; the error is `ERR_RULE_FILE`.
 */
export async function loadRuleFile(file: string, clock: Clock): Promise<LoadedFile> {
  const parts = new Set([file]);
  /** What was read of those that jiti compiles. */
  const sources = new Map<string, string>();
  const begun = dateOf(clock);
  const read = async (found: Pick<LoadedFile, 'rules' | 'error'>): Promise<LoadedFile> => ({
    file,
    ...found,
    parts: [...parts],
    print: await fingerprintOf([...parts], sources, begun),
  });
  try {
    const loading = run(file, parts, sources);
    const late = (): RxportError => ruleFile(file, `is not done after ${LOAD_TIMEOUT} ms: a rule file only defines`);
    const exported = await withDeadline(clock, LOAD_TIMEOUT, loading, late);
    return await read({ rules: definitionsOf(file, exported), error: undefined });
  } catch (thrown) {
    const faulty = faultyPart(thrown);
    if (faulty !== undefined) parts.add(faulty);
    return read({ rules: [], error: asRuleFileError(file, thrown) });
  }
}

async function run(file: string, parts: Set<string>, sources: Map<string, string>): Promise<unknown> {
  const path = await realpath(file);
  const virtualModules = { ...(await runningCopy()) };
  // Nothing is kept: the cache of modules would hold every version of every file.
  const options = { fsCache: false, moduleCache: false, virtualModules };
  const compiler = createJiti(dirname(path), options);
  const transform = (source: TransformOptions): { readonly code: string } => {
    if (source.filename !== undefined) {
      parts.add(source.filename);
      sources.set(source.filename, source.source);
    }
    const code = compiler.transform(source);
    if (source.async !== true) refuseTopLevelAwait(code);
    return { code };
  };
  const jiti = createJiti(path, { ...options, transform });
  const native = noteNativeModules();
  try {
    return (await requireOrImport(jiti, path)).default;
  } finally {
    for (const part of native(parts)) parts.add(part);
  }
}

/**
 * `import` hands JavaScript modules to Node itself, which keeps each version of each file, and finds another copy of rxport
 * where there is one; so it is for those that wait at their top level alone.
 */
async function requireOrImport(jiti: Jiti, path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return jiti(path) as Readonly<Record<string, unknown>>;
  } catch (thrown) {
    if (!/await is only valid/.test(reasonOf(thrown))) throw thrown;
    return jiti.import(path);
  }
}

function definitionsOf(file: string, exported: unknown): readonly RuleDefinition[] {
  const rules: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  if (rules.length === 0) throw ruleFile(file, 'exports an empty list: export what defineRule returns');
  for (const rule of rules) {
    if (isDefinition(rule)) continue;
    throw ruleFile(
      file,
      `its default export is ${showType(rule)}: export what defineRule returns, or an array of that`,
    );
  }
  return rules as readonly RuleDefinition[];
}

/** By its shape: a file may have brought a copy of rxport of its own. */
function isDefinition(value: unknown): value is RuleDefinition {
  if (typeof value !== 'object' || value === null) return false;
  const { id, body, options } = value as Partial<Record<keyof RuleDefinition, unknown>>;
  return typeof id === 'string' && isName(id) && typeof body === 'function' && typeof options === 'object';
}

function showType(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list in a list';
  // What a file without a default export gives.
  if (typeof value === 'object' && Object.keys(value).length === 0) return 'nothing';
  return typeof value === 'object' ? 'an object that is no rule' : `a ${typeof value}`;
}

function asRuleFileError(file: string, thrown: unknown): RxportError {
  if (isRuleFileError(thrown)) return thrown;
  // What follows is a piece of the source, or a list of modules.
  const [reason = '', where = ''] = reasonOf(thrown).split('\n');
  // Of a syntax error: the line and column, and the file where it is one that this one imports.
  const place = /^\s*(\/.+:\d+:\d+)$/.exec(where)?.[1]?.replace(`${file}:`, '');
  return ruleFile(file, reason.trim() + (place === undefined ? '' : ` at ${place}`), thrown);
}

const isRuleFileError = (thrown: unknown): thrown is RxportError =>
  typeof thrown === 'object' && thrown !== null && 'code' in thrown && thrown.code === 'ERR_RULE_FILE';
