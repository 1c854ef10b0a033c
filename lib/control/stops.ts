import { type Clock, settlesWithin } from '../clock.js';
import { LONGEST_WORK } from '../process/work-off.js';

/** The STOP commands that one process has not answered. */
export class Stops {
  private readonly out = new Set<Promise<void>>();

  constructor(private readonly clock: Clock) {}

  /** Settles as `stop` does. */
  add(stop: Promise<void>): Promise<void> {
    this.out.add(stop);
    return stop.finally(() => this.out.delete(stop));
  }

  /**
   * Resolves when each has been answered, or is lost. Each has `timeout` milliseconds from when it is sent, which is after the
   * sink has collected what it had read; where that was in vain, in a process that no signal reaches, nobody waits for more.
   */
  async answered(timeout: number): Promise<void> {
    if (this.out.size > 0) await settlesWithin(this.clock, LONGEST_WORK + timeout, Promise.allSettled(this.out));
  }
}
