import type { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';

const WINDOW = 1_000;

/** Tells of something at once when it first happens, then at most once in `window` milliseconds how often it happened since. */
export class Throttle {
  private count = 0;
  private waiting: Subscription | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (count: number) => void,
    private readonly window = WINDOW,
  ) {}

  note(count = 1): void {
    this.count += count;
    if (this.waiting === undefined) this.tellFirst();
  }

  /** Tells what is still untold. */
  flush(): void {
    this.waiting?.unsubscribe();
    this.waiting = undefined;
    this.tellCount();
  }

  private tellFirst(): void {
    this.waiting = after(this.clock, this.window, () => {
      this.waiting = undefined;
      if (this.count > 0) this.tellFirst();
    });
    this.tellCount();
  }

  private tellCount(): void {
    const { count } = this;
    this.count = 0;
    if (count > 0) this.tell(count);
  }
}
