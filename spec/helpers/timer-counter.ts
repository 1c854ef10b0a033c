import { asyncScheduler, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';

/** `asyncScheduler`, which is virtual inside `marbles`, with the number of its timers that are pending. */
export class TimerCounter implements SchedulerLike {
  private readonly timers = new Set<Subscription>();

  get pending(): number {
    return this.timers.size;
  }

  now(): number {
    return asyncScheduler.now();
  }

  schedule<T>(work: (this: SchedulerAction<T>, state: T) => void, delay?: number, state?: T): Subscription {
    const timer = asyncScheduler.schedule(work as (this: SchedulerAction<T>, state?: T) => void, delay, state);
    this.timers.add(timer);
    timer.add(() => this.timers.delete(timer));
    return timer;
  }
}
