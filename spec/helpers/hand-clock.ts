import { VirtualTimeScheduler } from 'rxjs';

/** A clock that stands still until the spec moves it. */
export class HandClock extends VirtualTimeScheduler {
  /** Runs everything that is due within the next `ms`. */
  advance(ms: number): void {
    const end = this.frame + ms;
    this.maxFrames = end;
    this.flush();
    this.frame = end;
  }
}
