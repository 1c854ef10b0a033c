import type { Control } from '../wire/control.js';
import type { CallContext } from '../wire/function.js';
import type { PluginLog } from './stderr-log.js';

/** What a running symbol knows of itself. */
export interface SymbolContext {
  readonly symbol: string;
  readonly ruleId: string;
  readonly opId: string;
  readonly instanceId: number;
  /** Adds the symbol and the rule to each line. */
  readonly log: PluginLog;
}

/** What a source is opened with. */
export interface SourceContext extends SymbolContext {
  /** What the rule reads from: a topic, a file, a table. */
  readonly dataSource: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
  /** Aborted at STOP: hand it to what waits, so that a generator does not sleep on. */
  readonly signal: AbortSignal;
}

/** What a sink is opened with. */
export interface SinkContext extends SymbolContext {
  readonly config: Readonly<Record<string, unknown>>;
}

/** Who calls a function: the same object for every call from one place of a rule, so state can hang on it. */
export interface FunctionContext extends SymbolContext {
  readonly funcId: number;
}

export const sourceContext = (control: Control, signal: AbortSignal, log: PluginLog): SourceContext => ({
  ...symbolContext(control, log),
  dataSource: dataSourceOf(control),
  config: control.config ?? {},
  signal,
});

export const sinkContext = (control: Control, log: PluginLog): SinkContext => ({
  ...symbolContext(control, log),
  config: control.config ?? {},
});

export const functionContext = (symbol: string, caller: CallContext, log: PluginLog): FunctionContext => ({
  ...symbolContext({ symbolName: symbol, meta: caller }, log),
  funcId: caller.funcId,
});

function symbolContext(
  { symbolName: symbol, meta: { ruleId, opId, instanceId } }: Pick<Control, 'symbolName' | 'meta'>,
  log: PluginLog,
): SymbolContext {
  return { symbol, ruleId, opId, instanceId, log: log.child({ symbol, ruleId }) };
}

/** Hosts say it under three names. */
function dataSourceOf({ dataSource, datasource, config }: Control): string | undefined {
  const inConfig = config?.['datasource'];
  return dataSource ?? datasource ?? (typeof inConfig === 'string' ? inConfig : undefined);
}
