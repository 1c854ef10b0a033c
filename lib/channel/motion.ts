import { type Clock, pause } from '../clock.js';

/** Milliseconds after which `until` looks again although nothing has moved. */
const WAIT_STEP = 1_000;
/** Milliseconds without a move that are borne in any case. */
const PATIENCE = 10_000;
/** Milliseconds between two looks at who is given more time because it works. */
const LOOK = 2_000;
/** How much more time that is at most, in milliseconds. */
const MORE = 20_000;
/** What a process does within a look is more than this when it works; when it is idle, it is nearly nothing. */
const IDLE = 8;

/** What the other end has done so far, as far as that can be seen: a number that grows. */
export type Effort = () => number | undefined;

/** Tells those who wait that something has moved. */
export class Motion {
  /** Aborted when something moves; exists while somebody waits for that. */
  private still: AbortController | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly effort: Effort = () => undefined,
  ) {}

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

  /** The same, and 20 s later while the other end works: it may have much to read that nobody can see. */
  async patiently(patience = PATIENCE): Promise<boolean> {
    if (await this.within(patience)) return true;
    let before = this.effort();
    for (let waited = 0; waited < MORE; waited += LOOK) {
      if (before === undefined) return false;
      if (await this.within(LOOK)) return true;
      const now = this.effort();
      if (!hasWorked(before, now)) return false;
      before = now;
    }
    return false;
  }
}

/** Less than before it has where one of its threads has ended. */
const hasWorked = (before: number, now: number | undefined): boolean =>
  now !== undefined && Math.abs(now - before) > IDLE;
