import { Subscription } from 'rxjs';
import { type Clock, every } from '../clock.js';

/** A function that has not even answered what was given up is not going to, in milliseconds. */
export const STUCK_AFTER = 30_000;
const STEP = 1_000;

/** `waiting`: calls wait, and none is out that may still come back. */
export type Look = 'idle' | 'moving' | 'waiting';

export interface StuckHandler {
  look(): Look;
  /** So many milliseconds nothing has moved; told again as long as that lasts. */
  stuck(silence: number): void;
}

/** Whether calls that wait have anything to wait for. Costs a timer only while some do. */
export class StuckWatch {
  private timer = Subscription.EMPTY;
  private movedAt = 0;

  constructor(
    private readonly clock: Clock,
    private readonly handler: StuckHandler,
  ) {}

  /** Something has happened from which an answer may follow. */
  moved(): void {
    this.movedAt = this.clock.now();
  }

  start(): void {
    if (!this.timer.closed) return;
    this.moved();
    this.timer = every(this.clock, STEP, () => this.check());
  }

  stop(): void {
    this.timer.unsubscribe();
  }

  private check(): void {
    const look = this.handler.look();
    if (look === 'idle') return this.stop();
    if (look === 'moving') this.moved();
    if (this.clock.now() - this.movedAt < STUCK_AFTER) return;
    this.moved();
    this.handler.stuck(STUCK_AFTER);
  }
}
