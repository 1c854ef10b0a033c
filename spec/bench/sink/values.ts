/** Values for a sink: as fast as its queue takes them, and none that it would have to drop. */
import { Observable } from 'rxjs';
import type { Overflow } from '../../../lib/stage.js';
import type { Sink } from '../../../lib/index.js';
import { counter, type Value } from '../payload.js';

/** Values between two looks at the event loop: what a source reads from its socket at once. */
const CHUNK = 600;
/** How much waits at most, in bytes and in values: what is still in the cache of the processor when it leaves. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_VALUES = 10_000;

export const queueFor = (bytes: number): Overflow => ({
  size: Math.max(4, Math.min(MOST_VALUES, Math.floor(MOST_BYTES / bytes))),
  policy: 'drop-oldest',
});

/** Completes with `stopping`. */
export const values = (sink: Sink<Value>, bytes: number, stopping: Observable<void>): Observable<Value> =>
  new Observable((subscriber) => {
    const next = counter(bytes);
    let full = false;
    let scheduled: NodeJS.Immediate | undefined;
    const feed = (): void => {
      scheduled = undefined;
      for (let i = 0; i < CHUNK && !full; i += 1) subscriber.next(next());
      if (!full) scheduled = setImmediate(feed);
    };
    const pressure = sink.pressure$.subscribe((now) => {
      full = now;
      if (!full) scheduled ??= setImmediate(feed);
    });
    pressure.add(stopping.subscribe(() => subscriber.complete()));
    return () => {
      pressure.unsubscribe();
      clearImmediate(scheduled);
    };
  });
