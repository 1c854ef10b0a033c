/** The only file that knows the time and timers: everything else is handed a `Clock`. */
import { asyncScheduler, Observable, type SchedulerAction, type SchedulerLike, Subscription } from 'rxjs';
import { LONGEST } from './duration.js';

/**
 * `now()` in milliseconds on a clock that nobody sets, for durations, and `schedule`. A `TestScheduler` is one, which is how
 * specs own time.
 */
export interface Clock extends SchedulerLike {
  /** The real time in milliseconds since the epoch; without it `now()` is all the time there is. */
  readonly date?: () => number;
  /** Runs `work` when what lies in the sockets of this process has been read, until unsubscribed. */
  readonly afterRead?: (work: () => void) => Subscription;
}

const START = performance.timeOrigin;

export const systemClock: Clock = {
  // A step of the real time, by NTP or by hand, must not end what waits, nor make it wait for ever.
  now: () => Math.floor(START + performance.now()),
  date: () => Date.now(),
  schedule: <T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T) =>
    asyncScheduler.schedule(work, delay, state),
  afterRead(work) {
    const immediate = setImmediate(work);
    return new Subscription(() => clearImmediate(immediate));
  },
};

/** The real time, to be shown and to be kept; never to be subtracted from another to wait for something. */
export const dateOf = (clock: Pick<Clock, 'now' | 'date'>): number => clock.date?.() ?? clock.now();

/**
 * Runs `work`, which says that something has not come in time. Node runs the timers that are due before it reads: while this
 * process was busy it may have come, and nobody has looked. At once where the clock knows of no sockets.
 */
export function whenRead(clock: Pick<Clock, 'afterRead'>, work: () => void): Subscription {
  if (clock.afterRead !== undefined) return clock.afterRead(work);
  work();
  return Subscription.EMPTY;
}

/** What tells the time of a scheduler for durations: that of the machine by the clock that nobody sets. */
export function steadyTime(scheduler: SchedulerLike): () => number {
  // Inside `TestScheduler.run` it is virtual, and far from the date.
  const isReal = scheduler === asyncScheduler && Math.abs(scheduler.now() - Date.now()) < 1_000;
  const clock = isReal ? systemClock : scheduler;
  return () => clock.now();
}

/** Runs `work` once after `ms`, which may be longer than a timer of Node; `Infinity` is never. Unsubscribing cancels it. */
export function after(clock: Clock, ms: number, work: () => void): Subscription {
  if (!(ms > LONGEST)) return clock.schedule(work, ms);
  const wait = new Subscription();
  const done = (): void => {
    wait.unsubscribe();
    work();
  };
  if (ms !== Infinity) wait.add(clock.schedule(() => void wait.add(after(clock, ms - LONGEST, done)), LONGEST));
  return wait;
}

/** Runs `late` after `ms`, when what has come by then was read; that may unsubscribe it. */
export function deadline(clock: Clock, ms: number, late: () => void): Subscription {
  let wait = after(clock, ms, () => {
    wait = whenRead(clock, late);
  });
  return new Subscription(() => wait.unsubscribe());
}

/** Runs `work` every `ms` until unsubscribed. */
export function every(clock: Clock, ms: number, work: () => void): Subscription {
  return clock.schedule(function again() {
    work();
    this.schedule(undefined, ms);
  }, ms);
}

/** Resolves after `ms`, or at once when `signal` aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      timer.unsubscribe();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = after(clock, ms, done);
    if (signal?.aborted) done();
    else signal?.addEventListener('abort', done);
  });
}

/** `promise`, or a rejection with `late()` when it has not settled within `ms`. */
export async function withDeadline<T>(clock: Clock, ms: number, promise: Promise<T>, late: () => Error): Promise<T> {
  let timer: Subscription | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = deadline(clock, ms, () => reject(late()));
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    timer?.unsubscribe();
  }
}

/** True when `promise` settled within `ms`, however it settled. */
export function settlesWithin(clock: Clock, ms: number, promise: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = deadline(clock, ms, () => resolve(false));
    const settled = (): void => {
      timer.unsubscribe();
      resolve(true);
    };
    promise.then(settled, settled);
  });
}

/** Cold: emits a growing count each `ms`. */
export const ticks = (clock: Clock, ms: number): Observable<number> =>
  new Observable((subscriber) => {
    let count = 0;
    return every(clock, ms, () => subscriber.next(count++));
  });
