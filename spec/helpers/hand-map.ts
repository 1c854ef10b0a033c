import { Subject, type Subscription } from 'rxjs';
import type { Stage } from '../../lib/stage.js';
import { mapAsync, type MapAsyncOptions } from '../../operators/index.js';
import { HandClock } from './hand-clock.js';
import { recordStages } from './record-stages.js';

export interface HandMap {
  readonly clock: HandClock;
  readonly source: Subject<number>;
  /** What the project of each value gives, once it is under way. */
  readonly out: Subject<unknown>[];
  /** Values, the error, `done`. */
  readonly seen: unknown[];
  readonly subscription: Subscription;
  readonly stage: Stage;
  /** Of each project that has begun. */
  aborted(): boolean[];
}

/** A subscribed `mapAsync` whose projects end as the spec says. */
export function handMap(options: MapAsyncOptions<number, unknown> = {}): HandMap {
  const clock = new HandClock();
  const { stages, inRule } = recordStages();
  const source = new Subject<number>();
  const out: Subject<unknown>[] = [];
  const signals: AbortSignal[] = [];
  const seen: unknown[] = [];
  const project = (value: number, _: number, signal: AbortSignal): Subject<unknown> => {
    signals[value] = signal;
    return (out[value] = new Subject<unknown>());
  };
  const stream = source.pipe(mapAsync(project, { scheduler: clock, ...options }));
  const subscription = inRule(stream).subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('done'),
  });
  const aborted = (): boolean[] => signals.map((signal) => signal.aborted);
  return { clock, source, out, seen, subscription, aborted, stage: stages[0]! };
}
