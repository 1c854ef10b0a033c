import { type Observable, Subject, type Subscriber, Subscription } from 'rxjs';
import { dateOf } from '../clock.js';
import { userError } from '../errors.js';
import { Guarded, guarded } from '../process/guarded.js';
import { completeLater, Outlet } from '../stage.js';
import type { ValueOf } from './hand-on.js';
import type { SymbolEvent } from './owner.js';
import { SourceRun } from './source-run.js';
import type { SourceSpec } from './source-spec.js';

/** One value of a source, with what the plugin says about it. */
export interface Tuple<T> {
  readonly message: T;
  /** Empty when the plugin sent none. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/**
 * A source of a plugin.
 *
 * Cold: each subscription has a data channel and a running copy of its own; unsubscribing sends STOP and closes it. A
 * crash of the plugin does not end it: it goes on when the plugin is back. It errors with `ERR_SYMBOL_REFUSED` when
 * the plugin does not start it, and completes when the plugin says so or the rule stops.
 */
export interface Source<T> extends Observable<T> {
  /** The same source with meta and time of arrival; subscribing to it opens a channel of its own. */
  readonly tuples: Observable<Tuple<T>>;
  /** Hot: what went wrong without ending a stream, over all subscriptions. */
  readonly events$: Observable<SymbolEvent>;
}

export function remoteSource<T>(spec: SourceSpec<T>): Source<T> {
  const { owner, symbol, clock } = spec;
  const events = new Subject<SymbolEvent>();
  const thrown = (cause: unknown): void => owner.fail(userError(`a subscriber of source ${symbol}`, cause));
  const values = new Guarded<T>(thrown, (subscriber) => runSource(spec, events, subscriber, (message) => message));
  const tuples = new Guarded<Tuple<T>>(thrown, (subscriber) =>
    runSource(spec, events, subscriber, (message, meta) => ({ message, meta, receivedAt: dateOf(clock) })),
  );
  const events$ = guarded(events, (cause) => {
    const error = userError(`a subscriber of events$ of source ${symbol}`, cause);
    owner.report({ type: 'error', symbol, error });
  });
  return Object.assign(values, { tuples, events$ });
}

function runSource<T>(
  spec: SourceSpec<T>,
  events: Subject<SymbolEvent>,
  subscriber: Subscriber<unknown>,
  valueOf: ValueOf<T>,
): Subscription | undefined {
  const { owner, symbol } = spec;
  const outlet = new Outlet(subscriber, (thrown) => owner.fail(userError(`what follows source ${symbol}`, thrown)));
  if (owner.stopping) return completeLater(outlet);
  const run = new SourceRun(spec, events, outlet, valueOf);
  return new Subscription(() => run.end());
}
