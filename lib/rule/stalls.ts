import type { Clock } from '../clock.js';
import { Deadlines } from '../stage.js';

/** How long a stage may hold the sources back and pass nothing on, in milliseconds: twice that at most. */
const PATIENCE = 60_000;

/** A stage that can hold back the sources of its rule. */
export interface Holder {
  /** How many values have come to something there. */
  worked(): number;
  /** Told once, and again only after it has moved. False when nothing waits for it. */
  stalled(silence: number): boolean;
}

interface Watch {
  readonly holder: Holder;
  worked: number;
  told: boolean;
}

/** Tells of stages for which the sources of a run wait, and from which nothing comes. */
export class Stalls {
  private readonly deadlines: Deadlines<Watch>;
  private over = false;

  constructor(clock: Clock) {
    this.deadlines = new Deadlines(clock, PATIENCE, (watch) => this.check(watch));
  }

  /** What hears when that stage begins and ends to hold the sources. */
  watch(holder: Holder): (holds: boolean) => void {
    const watch: Watch = { holder, worked: -1, told: false };
    return (holds) => {
      if (!holds) return this.deadlines.end(watch);
      if (this.over) return;
      hasMoved(watch);
      this.deadlines.begin(watch);
    };
  }

  stop(): void {
    this.over = true;
    this.deadlines.stop();
  }

  private check(watch: Watch): void {
    this.deadlines.begin(watch);
    // Last: who hears it may end the stage.
    if (!hasMoved(watch) && !watch.told) watch.told = watch.holder.stalled(PATIENCE);
  }
}

/** Since it was asked last. */
function hasMoved(watch: Watch): boolean {
  const worked = watch.holder.worked();
  if (worked === watch.worked) return false;
  watch.worked = worked;
  watch.told = false;
  return true;
}
