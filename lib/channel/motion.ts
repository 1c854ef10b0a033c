import { type Clock, pause } from '../clock.js';

/** Milliseconds after which `until` looks again although nothing has moved. */
const WAIT_STEP = 1_000;

/** Tells those who wait that something has moved. */
export class Motion {
  /** Aborted when something moves; exists while somebody waits for that. */
  private still: AbortController | undefined;

  constructor(private readonly clock: Clock) {}

  stir(): void {
    this.still?.abort();
    this.still = undefined;
  }

  /** Resolves true as soon as `holds`, false when it has not within `timeout` ms. */
  async until(holds: () => boolean, timeout: number): Promise<boolean> {
    const end = this.clock.now() + timeout;
    while (!holds()) {
      const left = Math.min(end - this.clock.now(), WAIT_STEP);
      if (left <= 0) return false;
      await this.within(left);
    }
    return true;
  }

  /** Resolves true when something moves, false when nothing has within `patience` ms. */
  async within(patience: number): Promise<boolean> {
    this.still ??= new AbortController();
    const { signal } = this.still;
    await pause(this.clock, patience, signal);
    return signal.aborted;
  }
}
