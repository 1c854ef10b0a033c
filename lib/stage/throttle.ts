import type { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';

const WINDOW = 1_000;

/** Tells of something at once when it first happens, then at most once a second how often it happened since. */
export class Throttle {
  private count = 0;
  private window: Subscription | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (count: number) => void,
  ) {}

  note(count = 1): void {
    this.count += count;
    if (this.window === undefined) this.tellFirst();
  }

  /** Tells what is still untold. */
  flush(): void {
    this.window?.unsubscribe();
    this.window = undefined;
    this.tellCount();
  }

  private tellFirst(): void {
    this.window = after(this.clock, WINDOW, () => {
      this.window = undefined;
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
