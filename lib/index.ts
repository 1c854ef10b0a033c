/** `rxport`: rules in TypeScript over plugins in any language. */
export { Host, type HostOptions } from './host.js';
export type { HostSettings } from './config.js';
export { ERROR_CODES, type ErrorCode, RxportError } from './errors.js';
export { jsonLogger, type Logger, type LogLevel } from './log.js';
export { isBalanced, type StageCounts, type StageKind } from './stage.js';

export type { PluginFault, PluginLine } from './control/journal.js';
export type { PluginEvent, PluginNews } from './control/plugin-events.js';
export type { Plugin, PluginChannel, RunningSymbol } from './control/plugin-view.js';
export type { BrokenPlugin, InstallOptions, Plugins, RemoveOptions } from './control/plugins.js';
export type { UpdateOptions } from './control/update.js';
export type { UpdateReport, UpdateStrategy } from './control/update-report.js';
export type { Language, Manifest } from './install/manifest.js';
export type { ProcessExit, ProcessState } from './process/state.js';

export { defineRule, type RuleBody, type RuleContext, type RuleDefinition, type RuleOptions } from './rule/define.js';
export type { Call, Decoded, SinkFactory, SourceFactory, SourceOptions } from './rule/factories.js';
export type { Ledger, LedgerStage } from './rule/ledger.js';
export type { Functions, Sinks, Sources } from './rule/names.js';
export type { RestartPolicy } from './rule/restart.js';
export type { Rule, RuleEvent, StopOptions, StopReport } from './rule/rule.js';
export type { Branch } from './rule/run.js';
export type { Pace } from './rule/share-pace.js';
export type { ShareBody, ShareContext, Shared, ShareOptions } from './rule/shared.js';
export type { RuleStatus } from './rule/status.js';

export type { Overflow } from './stage.js';
export type { CallOptions, OnError } from './symbol/call-options.js';
export type { SymbolEvent } from './symbol/owner.js';
export type { RemoteFunction, RemoteFunctionOptions } from './symbol/remote-function.js';
export type { DrainReport, Sink, SinkAck, SinkOptions } from './symbol/sink.js';
export type { Source, Tuple } from './symbol/source.js';
export type { Parse } from './wire/source.js';
