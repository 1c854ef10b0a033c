import { type Clock, pause } from '../clock.js';

/** Tells those who wait that something has moved. */
export class Motion {
  /** Aborted when something moves; exists while somebody waits for that. */
  private still: AbortController | undefined;

  constructor(private readonly clock: Clock) {}

  stir(): void {
    this.still?.abort();
    this.still = undefined;
  }

  /** Resolves true when something moves, false when nothing has within `patience` ms. */
  async within(patience: number): Promise<boolean> {
    this.still ??= new AbortController();
    const { signal } = this.still;
    await pause(this.clock, patience, signal);
    return signal.aborted;
  }
}
