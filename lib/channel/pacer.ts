import { Subscription } from 'rxjs';
import { type Clock, every } from '../clock.js';
import type { FrameGate } from './frame-gate.js';

/**
 * Longest pause in milliseconds of a source that can not wait: the stock SDKs give up on a send after a second, and the
 * kernel wakes a writer only when most of what it holds has been read, so both buffers have to be emptied each time.
 */
const LONGEST = 400;

/** What a pacer paces. */
export type Paced = Pick<FrameGate<unknown>, 'pause' | 'resume' | 'readOut' | 'collect' | 'release'>;

/** Holds a source back while its rule has more than it can work off. */
export class Pacer {
  private gulps = Subscription.EMPTY;
  private paused = false;
  /** The source is stopped and has to be read to its end; what comes waits here for the rule. */
  private collecting = false;
  private closed = false;

  /** `patient` is asked again and again: a source that waits for as long as it takes is read not at all meanwhile. */
  constructor(
    private readonly gate: Paced,
    private readonly clock: Clock,
    private readonly patient: () => boolean,
  ) {}

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.gate.pause();
    if (!this.collecting) this.gulp();
  }

  resume(): void {
    this.paused = false;
    this.gulps.unsubscribe();
    this.gate.resume();
  }

  /** Reads on until `restore`, whatever the rule holds; handed on is only what it takes. */
  collect(): void {
    this.collecting = true;
    this.gulps.unsubscribe();
    // A gulp has let it go.
    if (this.paused) this.gate.pause();
    this.gate.collect();
  }

  restore(): void {
    this.collecting = false;
    this.gate.release();
    if (this.paused) this.gulp();
  }

  /** For good: a change of processes may come to its end only now. */
  close(): void {
    this.closed = true;
    this.gulps.unsubscribe();
  }

  private gulp(): void {
    if (this.closed || !this.gulps.closed) return;
    this.gulps = every(this.clock, LONGEST, () => {
      if (!this.patient()) this.gate.readOut();
    });
  }
}
