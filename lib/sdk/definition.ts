import { configInvalid } from '../errors.js';
import { checkName, PLURAL, SYMBOL_KINDS, type SymbolKind } from '../wire/names.js';
import type { PluginFunction } from './function.js';
import { type Sink, SINK_DECODES } from './sink.js';
import type { Source } from './source.js';

/** What a plugin offers. Names are those of its manifest. */
export interface PluginDefinition {
  readonly name: string;
  readonly sources?: Readonly<Record<string, Source>>;
  readonly functions?: Readonly<Record<string, PluginFunction>>;
  readonly sinks?: Readonly<Record<string, Sink>>;
}

/** The symbols of a plugin by name: as maps, since a host may ask for `constructor`. */
export interface PluginSymbols {
  readonly source: ReadonlyMap<string, Source>;
  readonly function: ReadonlyMap<string, PluginFunction>;
  readonly sink: ReadonlyMap<string, Sink>;
}

/** Throws `ERR_NAME_INVALID`, `ERR_CONFIG_INVALID`. */
export function checkDefinition(definition: PluginDefinition): PluginSymbols {
  const { name, sources = {}, functions = {}, sinks = {} } = definition;
  checkName('plugin', name);
  const problems = SYMBOL_KINDS.flatMap((kind) => problemsOf(kind, definition[PLURAL[kind]] ?? {}));
  if (problems.length > 0) throw configInvalid(`plugin ${name}`, problems);
  return {
    source: new Map(Object.entries(sources)),
    function: new Map(Object.entries(functions)),
    sink: new Map(Object.entries(sinks)),
  };
}

function problemsOf(kind: SymbolKind, symbols: Readonly<Record<string, unknown>>): string[] {
  const method = kind === 'function' ? 'exec' : 'open';
  return Object.entries(symbols).flatMap(([name, symbol]) => {
    checkName(kind, name);
    if (typeof symbol === 'function') return [];
    if (!isRecord(symbol) || typeof symbol[method] !== 'function') {
      return [`${kind} ${name} is neither a function nor an object with ${method}()`];
    }
    return optionProblems(kind, name, symbol);
  });
}

function optionProblems(kind: SymbolKind, name: string, { queue = 1, decode = 'auto' }: Options): string[] {
  if (kind === 'source' && !(Number.isInteger(queue) && Number(queue) > 0)) {
    return [`source ${name}: queue ${String(queue)} is no number of values`];
  }
  if (kind === 'sink' && !SINK_DECODES.some((known) => known === decode)) {
    return [`sink ${name}: decode ${String(decode)} is none of ${SINK_DECODES.join(', ')}`];
  }
  return [];
}

type Options = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Options => typeof value === 'object' && value !== null;
