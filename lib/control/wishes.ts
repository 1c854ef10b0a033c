import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';

/** Milliseconds for which processes stay that nobody asks for any longer: a rule may be about to start again. */
const LINGER = 10_000;

/** How many processes of a plugin are wished for. */
export class Wishes {
  private readonly wishes = new Set<{ readonly count: number }>();
  private lingering = Subscription.EMPTY;
  private stopped = false;

  /** `changed` hears of one at once, and a while after it was taken back. */
  constructor(
    private readonly clock: Clock,
    private readonly changed: () => void,
  ) {}

  get counts(): readonly number[] {
    return [...this.wishes].map(({ count }) => count);
  }

  /** Until the returned function is called. */
  add(count: number): () => void {
    const wish = { count };
    this.wishes.add(wish);
    this.changed();
    return () => {
      if (!this.wishes.delete(wish) || this.stopped) return;
      this.lingering.unsubscribe();
      this.lingering = after(this.clock, LINGER, this.changed);
    };
  }

  stop(): void {
    this.stopped = true;
    this.lingering.unsubscribe();
  }
}
