import type { SinkContext } from './context.js';

/** What takes the values of a sink, one after another: the next one comes when a promise it returned has settled. */
export type SinkTarget = Bivariant['next'] | SinkObserver;

/** A method, so that a function of readings is one of unknown values. */
interface Bivariant {
  next(value: unknown): unknown;
}

/** `complete` is the last call: at STOP, after the last value. */
export interface SinkObserver {
  next(value: unknown): unknown;
  /** Never called: it is here so that every rxjs Observer fits. */
  error?(error: unknown): unknown;
  complete?(): unknown;
}

/**
 * Opens a sink: answers what takes its values. Called at each START; what it throws is the answer to that START, and a
 * promise is waited for before START is answered.
 *
 * A value is what JSON says, and a `Uint8Array` when it is no JSON. What `next` throws is reported to the host, and the
 * sink goes on with the next value.
 *
 * ```ts
 * const print = ({ log }: SinkContext) => (value: unknown) => log.info(JSON.stringify(value));
 *
 * const table = ({ config }: SinkContext) => {
 *   const database = new Database(String(config.file));
 *   return { next: (row) => database.insert(row), complete: () => database.close() };
 * };
 * ```
 */
export type SinkFactory = (context: SinkContext) => SinkTarget | PromiseLike<SinkTarget>;

/**
 * How a payload becomes a value. `auto`: JSON when it parses, else bytes. `json`: what is no JSON is refused. `raw`: bytes,
 * always a `Uint8Array`.
 */
export type SinkDecode = (typeof SINK_DECODES)[number];
export const SINK_DECODES = ['auto', 'json', 'raw'] as const;

/** A sink, or a sink and how it wants its values. */
export type Sink = SinkFactory | { readonly open: SinkFactory; readonly decode?: SinkDecode };
