import { type SchedulerAction, Subscription, VirtualTimeScheduler } from 'rxjs';

/** A clock that stands still until the spec moves it. */
export class HandClock extends VirtualTimeScheduler {
  /** How many timers were set so far. */
  timers = 0;

  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
    this.timers += 1;
    return super.schedule(work, delay, state);
  }

  /** Runs everything that is due within the next `ms`. */
  advance(ms: number): void {
    const end = this.frame + ms;
    this.maxFrames = end;
    this.flush();
    this.frame = end;
  }
}

/** The same of a process that reads its sockets when the spec says so. */
export class ReadingClock extends HandClock {
  private readonly waiting = new Set<() => void>();

  afterRead(work: () => void): Subscription {
    this.waiting.add(work);
    return new Subscription(() => this.waiting.delete(work));
  }

  /** What lay in the sockets has been read. */
  read(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const work of waiting) work();
  }
}
