import type { LedgerAnswer, LogLine, PluginEntry, PluginStatus, RuleEntry, RuleState } from './answers.js';

export interface InstallChoice {
  /** The plugin's name, where the source does not tell it. */
  readonly name?: string | undefined;
  /** Arguments of its `install.sh`. */
  readonly shellParas?: readonly string[] | undefined;
}

export interface UpdateChoice extends InstallChoice {
  readonly strategy?: 'overlap' | 'replace' | undefined;
  /** Although rules use a symbol that the new version lacks. */
  readonly force?: boolean | undefined;
}

/** What has been done, in the words of eKuiper: `portable plugin thermo is created`. */
export interface Done {
  readonly name: string;
  readonly text: string;
  /** What an update has cost, where that is known. */
  readonly report?: unknown;
}

/** In the place of lines that whoever follows was too slow for. */
export interface DroppedLines {
  readonly dropped: number;
}

/**
 * What the commands work on: a service that is asked over REST, or a data folder without one. Every method rejects with
 * `ERR_CLI_*` when nobody answers, and with the code of what went wrong there.
 */
export interface Backend {
  /** The address of the service, or the folder. */
  readonly where: string;
  /** False for a folder: what is installed there does not run. */
  readonly isService: boolean;
  plugins(): Promise<readonly PluginEntry[]>;
  /** Rejects with `ERR_PLUGIN_UNKNOWN`. */
  plugin(name: string): Promise<PluginEntry>;
  /** Rejects with `ERR_PLUGIN_UNKNOWN`. */
  status(name: string): Promise<PluginStatus>;
  install(source: string, choice: InstallChoice): Promise<Done>;
  update(name: string, source: string, choice: UpdateChoice): Promise<Done>;
  remove(name: string, force: boolean): Promise<Done>;
  /** Of a plugin's process, by hand. */
  turn(name: string, verb: 'start' | 'stop'): Promise<Done>;
  logs(name: string, lines: number): Promise<readonly LogLine[]>;
  /** The last `lines` and all that come, until the plugin goes or the command is interrupted. */
  follow(name: string, lines: number): AsyncIterable<LogLine | DroppedLines>;
  rules(): Promise<readonly RuleEntry[]>;
  ruleState(id: string): Promise<RuleState>;
  ledger(id: string): Promise<LedgerAnswer>;
  turnRule(id: string, verb: 'start' | 'stop' | 'restart'): Promise<Done>;
  close(): Promise<void>;
}
