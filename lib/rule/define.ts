import type { Observable } from 'rxjs';
import { checkName } from '../wire/names.js';
import type { Call, SinkFactory, SourceFactory } from './factories.js';
import { checkRestart, type RestartPolicy } from './restart.js';
import type { Branch } from './run.js';

/** What a body composes its rule from. */
export interface RuleContext {
  /** A source of a plugin. Throws `ERR_SYMBOL_UNKNOWN`, `ERR_CONF_KEY_UNKNOWN`, `ERR_CONFIG_INVALID`. */
  readonly source: SourceFactory;
  /** A function of a plugin, as an operator. Throws `ERR_SYMBOL_UNKNOWN`. */
  readonly call: Call;
  /** A sink of a plugin, for one stream. Throws as `source` does. */
  readonly sink: SinkFactory;
  /** Emits once when the rule begins to stop: `takeUntil` for timers and other streams of your own. */
  readonly stopping$: Observable<void>;
}

/** Runs once per start and returns what it built: one branch, or an array of them for fan-out. */
export type RuleBody = (rule: RuleContext) => Branch | readonly Branch[];

export interface RuleOptions {
  /** What follows when a run ends with an error; default 1 s, doubled up to 30 s, for ever. */
  readonly restart?: RestartPolicy | 'never';
}

/** A rule that has not been started: what a rule file exports. */
export interface RuleDefinition {
  readonly id: string;
  readonly body: RuleBody;
  readonly options: RuleOptions;
}

/** Names a rule without starting it. Throws `ERR_NAME_INVALID`, `ERR_OPERATOR_OPTION` for a restart policy that is none. */
export function defineRule(id: string, body: RuleBody, options: RuleOptions = {}): RuleDefinition {
  checkName('rule', id);
  if (options.restart !== undefined) checkRestart(id, options.restart);
  return { id, body, options };
}
