import type { Clock } from '../clock.js';
import { Throttle } from '../stage.js';

/** What a source lost, told at most once a second for each reason. */
export class Trouble {
  private readonly refusals: Throttle;
  private readonly drops: Throttle;
  private reason = '';
  private droppedInAll = 0;

  /** `dropped` says how many values more than have been told are dropped. */
  constructor(clock: Clock, queue: number, tell: (text: string, dropped: number) => void) {
    this.refusals = new Throttle(clock, (count) => {
      tell(
        count === 1
          ? `a value was not sent: ${this.reason}`
          : `${count} values were not sent, the last: ${this.reason}`,
        count,
      );
    });
    this.drops = new Throttle(clock, (count) => {
      this.droppedInAll += count;
      tell(
        `dropped ${count} values, ${this.droppedInAll} in all: the queue of ${queue} is full, since the rule is slower ` +
          'than the Observable; a source that is an AsyncIterable waits instead',
        count,
      );
    });
  }

  refused(reason: string): void {
    this.reason = reason;
    this.refusals.note();
  }

  dropped(): void {
    this.drops.note();
  }

  /** Tells what is still untold. */
  flush(): void {
    this.refusals.flush();
    this.drops.flush();
  }
}
