import {
  map,
  mergeMap,
  type MonoTypeOperatorFunction,
  type OperatorFunction,
  Subject,
  type Subscription,
  take,
} from 'rxjs';
import type { Stage } from '../../lib/stage.js';
import { queued, type QueuedOptions } from '../../operators/index.js';
import { HandClock } from './hand-clock.js';
import { recordStages } from './record-stages.js';

export interface HandQueue {
  readonly clock: HandClock;
  readonly source: Subject<number>;
  /** Values, the error, `done`. */
  readonly seen: unknown[];
  readonly subscription: Subscription;
  /** What the rule heard of its pressure. */
  readonly changes: readonly string[];
  readonly stage: Stage;
  send(...values: number[]): void;
}

/** A subscribed `queued`. */
export function handQueue<R>(operator: OperatorFunction<number, R>, options: QueuedOptions = {}): HandQueue {
  const clock = new HandClock();
  const { stages, changes, inRule } = recordStages();
  const source = new Subject<number>();
  const seen: unknown[] = [];
  const subscription = inRule(source.pipe(queued(operator, { scheduler: clock, ...options }))).subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(error),
    complete: () => seen.push('done'),
  });
  const send = (...values: number[]): void => values.forEach((value) => source.next(value));
  return { clock, source, send, seen, subscription, changes, stage: stages[0]! };
}

/** An operator that keeps each value until it is released. */
export function keeper(): { operator: MonoTypeOperatorFunction<number>; release: (count?: number) => void } {
  const kept: Subject<void>[] = [];
  const keep = (n: number) => {
    const released = new Subject<void>();
    kept.push(released);
    return released.pipe(
      take(1),
      map(() => n),
    );
  };
  return {
    operator: mergeMap(keep),
    release: (count = 1) => kept.splice(0, count).forEach((released) => released.next()),
  };
}
