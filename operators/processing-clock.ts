import { Subject, switchMap, tap, timer, type Observable, type SchedulerLike } from 'rxjs';
import { LONGEST } from '../lib/duration.js';

/** Processing time for one subscription, with one alarm. */
export interface ProcessingClock {
  /** Never goes back. When the clock of the machine is set back this one stands still, and alarms push it on. */
  now(): number;
  /** Sets the alarm, in place of the one before. Only works while `alarms` is subscribed. */
  wakeAt(time: number): void;
  /** Emits when `now()` has reached the time of the alarm; an alarm that is weeks away may come early. */
  readonly alarms: Observable<unknown>;
}

export function processingClock(scheduler: SchedulerLike): ProcessingClock {
  const waits = new Subject<number>();
  let time = -Infinity;
  let alarm: number | undefined;

  const now = (atLeast = -Infinity): number => (time = Math.max(time, atLeast, scheduler.now()));

  return {
    now: () => now(),
    wakeAt: (at) => {
      if (at === alarm) return;
      alarm = at;
      waits.next(Math.min(Math.max(at - now(), 0), LONGEST));
    },
    alarms: waits.pipe(
      switchMap((wait) => {
        const until = time + wait;
        return timer(wait, scheduler).pipe(
          tap(() => {
            alarm = undefined;
            // At least: a timer of Node may fire a millisecond before its time.
            now(until);
          }),
        );
      }),
    ),
  };
}
