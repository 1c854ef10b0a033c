import { Subscription } from 'rxjs';
import { type Clock, every } from '../clock.js';
import type { FrameGate } from './frame-gate.js';

/**
 * Longest pause in milliseconds of a source that can not wait: the stock SDKs give up on a send after a second, and the
 * kernel wakes a writer only when most of what it holds has been read, so both buffers have to be emptied each time.
 */
const LONGEST = 400;

/** What a pacer paces. */
export type Paced = Pick<
  FrameGate<unknown>,
  'pause' | 'resume' | 'readOut' | 'collect' | 'release' | 'full' | 'onFull' | 'makeRoom'
>;

/** Holds a source back while its rule has more than it can work off. */
export class Pacer {
  private gulps = Subscription.EMPTY;
  private paused = false;
  /** It was paused since the last look. */
  private wasPaused = false;
  /** It flowed when a gulp was due, and may have done so for a few values only: the next pause begins with one. */
  private owed = false;
  /** The source is stopped and has to be read to its end; what comes waits here for the rule. */
  private collecting = false;
  private closed = false;

  /** `patient` is asked again and again: a source that waits for as long as it takes is read not at all meanwhile. */
  constructor(
    private readonly gate: Paced,
    private readonly clock: Clock,
    private readonly patient: () => boolean,
  ) {
    gate.onFull = () => this.pace();
  }

  pause(): void {
    if (this.paused) return;
    this.paused = this.wasPaused = true;
    this.gate.pause();
    if (this.collecting) return;
    if (this.owed) this.gulp();
    this.pace();
  }

  resume(): void {
    this.paused = false;
    this.gate.resume();
  }

  /**
   * Reads on until `restore`, whatever the rule holds; handed on is only what it takes. When too much waits the source waits,
   * too, or is read in gulps; or the oldest `spills`.
   */
  collect(spills = false): void {
    this.collecting = true;
    this.owed = false;
    this.gulps.unsubscribe();
    // A gulp has let it go.
    if (this.paused) this.gate.pause();
    this.gate.collect(spills);
    if (this.gate.full) this.pace();
  }

  restore(): void {
    this.collecting = false;
    this.gate.release();
    if (this.paused) this.pace();
  }

  /** For good: a change of processes may come to its end only now. */
  close(): void {
    this.closed = true;
    this.gulps.unsubscribe();
  }

  /** Goes on over short flows, in which a rule that is just below its mark takes a few values each time. */
  private pace(): void {
    if (this.closed || !this.gulps.closed) return;
    this.gulps = every(this.clock, LONGEST, () => this.look());
  }

  private look(): void {
    if (this.collecting) return this.gate.full ? this.gulp() : this.gulps.unsubscribe();
    if (this.paused) return this.gulp();
    this.owed = this.wasPaused;
    this.wasPaused = false;
    if (!this.owed) this.gulps.unsubscribe();
  }

  private gulp(): void {
    this.owed = false;
    if (this.patient()) return;
    if (this.collecting) this.gate.makeRoom();
    else this.gate.readOut();
  }
}
