import { type SchedulerLike, Subscription } from 'rxjs';
import { after, steadyTime } from '../clock.js';

/**
 * The ends of waits that all may take as long: who began first is late first, so one timer at a time is enough, and it is
 * exact. It is left alone when a wait ends in time, and finds out when it fires: a wait costs an entry, no timer.
 */
export class Deadlines<K> {
  /** When each is late, the first one first. */
  private readonly dues = new Map<K, number>();
  private readonly now: () => number;
  private timer = Subscription.EMPTY;
  private armed = false;

  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly wait: number,
    private readonly late: (key: K) => void,
  ) {
    this.now = steadyTime(scheduler);
  }

  has(key: K): boolean {
    return this.dues.has(key);
  }

  /** Begins to wait for it, anew when it is waited for already. */
  begin(key: K): void {
    this.dues.delete(key);
    this.dues.set(key, this.now() + this.wait);
    if (!this.armed) this.arm(this.wait);
  }

  /** It has come. */
  end(key: K): void {
    this.dues.delete(key);
  }

  /** Waits for nothing any longer. */
  stop(): void {
    this.dues.clear();
    this.timer.unsubscribe();
    this.armed = false;
  }

  private arm(wait: number): void {
    this.armed = true;
    this.timer.unsubscribe();
    this.timer = after(this.scheduler, wait, () => this.check());
  }

  private check(): void {
    this.timer.unsubscribe();
    const now = this.now();
    try {
      for (const [key, due] of this.dues) {
        if (due > now) break;
        this.dues.delete(key);
        this.late(key);
      }
    } finally {
      this.armed = false;
      const [first] = this.dues.values();
      if (first !== undefined) this.arm(Math.max(0, first - now));
    }
  }
}
