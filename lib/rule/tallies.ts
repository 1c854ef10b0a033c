import type { Clock } from '../clock.js';
import { Throttle } from '../stage.js';
import type { SymbolNews, Tally } from '../symbol/owner.js';

/** News of which there may be thousands in a second: the first is told at once, those after it summed up once a second. */
export class Tallies {
  private readonly throttles = new Map<string, Throttle>();

  constructor(
    private readonly clock: Clock,
    private readonly tell: (news: SymbolNews) => void,
  ) {}

  note(tally: Tally): void {
    const { count, ...what } = tally;
    const key = Object.values(what).join(' ');
    let throttle = this.throttles.get(key);
    if (throttle === undefined) {
      throttle = new Throttle(this.clock, (sum) => this.tell({ ...tally, count: sum }));
      this.throttles.set(key, throttle);
    }
    throttle.note(count);
  }

  /** Tells what is still untold. */
  flush(): void {
    for (const throttle of this.throttles.values()) throttle.flush();
  }
}
