/**
 * What the author of a plugin imports: `import { plugin } from 'rxport/sdk'`.
 *
 * @packageDocumentation
 */
export type { FunctionContext, SinkContext, SourceContext, SymbolContext } from './context.js';
export type { PluginDefinition } from './definition.js';
export type { DetailedFunction, PlainFunction, PluginFunction } from './function.js';
export { plugin, type PluginHandle, type PluginInternals } from './plugin.js';
export type { Sink, SinkDecode, SinkFactory, SinkObserver, SinkTarget } from './sink.js';
export type { Source, SourceFactory } from './source.js';
export type { PluginLog } from './stderr-log.js';
export { withMeta, type WithMeta } from './with-meta.js';
