import type { Clock } from '../clock.js';
import type { RxportError } from '../errors.js';
import { Throttle } from '../stage.js';

/** Errors of which there may be thousands in a second: the first is told at once, then the newest once a second at most. */
export class Complaints {
  private newest: RxportError | undefined;
  private readonly throttle: Throttle;

  /** `tell` hears how many there were since it was told last. */
  constructor(clock: Clock, tell: (error: RxportError, count: number) => void) {
    this.throttle = new Throttle(clock, (count) => this.newest && tell(this.newest, count));
  }

  note(error: RxportError): void {
    this.newest = error;
    this.throttle.note();
  }

  /** Tells what is still untold. */
  flush(): void {
    this.throttle.flush();
  }
}
