import type { ObservableInput } from 'rxjs';
import type { SourceContext } from './context.js';

/**
 * Opens a source: answers what it emits. Called at each START; what it throws is the answer to that START.
 *
 * - An `AsyncIterable` or `Iterable` (a generator, a Node stream, an array) is **pulled**: the next value is asked for
 *   when there is room, so a slow rule slows it down and nothing is lost. At STOP its `return()` is called.
 * - An `Observable` **pushes**: what the rule can not take yet waits in a queue of `queue` values (10,000), beyond which
 *   the oldest is dropped, and the rule told how many: it counts them as `dropped{plugin}`. At STOP it is unsubscribed.
 * - A promise is waited for: of one of these, or of the one value that is emitted.
 *
 * A value is sent as JSON, with meta when it was made by `withMeta`. One that has no JSON is reported and left out. An
 * error is reported and ends the source; rxport then starts it again with back-off. When it completes, rxport completes
 * the stream; a stock eKuiper has no such notion, and hears nothing more.
 *
 * ```ts
 * async function* lines({ config, signal }: SourceContext) {
 *   const file = await open(String(config.path));
 *   for await (const text of file.readLines({ signal })) yield { text };
 * }
 *
 * const clock = ({ config }: SourceContext) => interval(Number(config.interval)).pipe(map((i) => ({ i })));
 * ```
 */
export type SourceFactory = (context: SourceContext) => ObservableInput<unknown>;

/** A source, or a source and how many values an Observable of it may be ahead. */
export type Source = SourceFactory | { readonly open: SourceFactory; readonly queue?: number };
