import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import type { RxportError } from '../errors.js';

/** An error that is told when it is released, or has been held for long enough. */
export class HeldError {
  private error: RxportError | undefined;
  private timer = Subscription.EMPTY;

  constructor(
    private readonly clock: Clock,
    private readonly tell: (error: RxportError) => void,
  ) {}

  /** For `ms` at most. */
  hold(error: RxportError, ms: number): void {
    this.error = error;
    this.timer = after(this.clock, ms, () => this.release());
  }

  release(): void {
    this.timer.unsubscribe();
    const { error } = this;
    this.error = undefined;
    if (error !== undefined) this.tell(error);
  }
}
