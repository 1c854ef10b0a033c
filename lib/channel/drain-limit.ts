import type { Clock } from '../clock.js';
import type { Motion } from './motion.js';

/** Milliseconds for a drain that was cut short: what goes out at once still does, and as long again to be read. */
const LAST = 1_000;
/** Milliseconds between two looks at limits, which the stop of a rule may lower. */
const LOOK = 1_000;

/** Where acks are required. */
export interface AckTerms {
  /** Milliseconds that one may take. */
  readonly timeout: number;
  /** Milliseconds without one in time that a drain bears, besides those that one may take. */
  readonly patience: () => number;
}

/** Says when the drain of a sink has waited long enough. */
export class DrainLimit {
  private ackedAt = 0;
  private cutAt: number | undefined;
  private hopeless = false;

  constructor(
    private readonly clock: Clock,
    private readonly motion: Motion,
    private readonly acks: AckTerms | undefined,
  ) {}

  /** An ack has come in time. One that is late is no progress: else each value could take all its time. */
  acked(): void {
    this.ackedAt = this.clock.now();
  }

  /** The plugin runs the sink. */
  hope(): void {
    this.hopeless = false;
  }

  /** The plugin will not take anything. */
  giveUp(): void {
    this.hopeless = true;
    this.motion.stir();
  }

  cutShort(): void {
    this.cutAt ??= this.clock.now();
    this.motion.stir();
  }

  get isCut(): boolean {
    return this.cutAt !== undefined;
  }

  /** Waits until all `isOut`; false when that is in vain. `patience`: milliseconds without a move that are borne. */
  async untilOut(isOut: () => boolean, patience?: number): Promise<boolean> {
    const began = this.clock.now();
    const { acks } = this;
    const more = (): Promise<boolean> => (acks ? this.acksCome(acks, began) : this.moves(LAST, patience));
    while (!isOut()) if (this.hopeless || !(await more())) return false;
    return true;
  }

  /** Waits for a move of who has to read what is out; false when that is in vain. */
  reads(patience?: number): Promise<boolean> {
    return this.moves(2 * LAST, patience);
  }

  private async moves(last: number, patience: number | undefined): Promise<boolean> {
    return this.cutAt === undefined ? this.motion.patiently(patience) : this.waits(this.cutAt + last);
  }

  /** Without a look at who works: that one does can be seen by its acks. */
  private acksCome({ timeout, patience }: AckTerms, began: number): Promise<boolean> {
    const inTime = Math.max(began, this.ackedAt) + patience() + (timeout === Infinity ? 0 : timeout);
    return this.waits(Math.min(inTime, (this.cutAt ?? Infinity) + LAST));
  }

  /** A moment, or until something moves; false when `end` has come. */
  private async waits(end: number): Promise<boolean> {
    const left = end - this.clock.now();
    if (left <= 0) return false;
    await this.motion.within(Math.min(left, LOOK));
    return true;
  }
}
