import { Subscription } from 'rxjs';
import { type Clock, every } from '../clock.js';
import type { PullSocket } from '../sp/transport.js';

/**
 * Longest pause in milliseconds of a source that can not wait: the stock SDKs give up on a send after a second, and the
 * kernel wakes a writer only when most of what it holds has been read, so both buffers have to be emptied each time.
 */
const LONGEST = 400;

/** Holds a source back while its rule has more than it can work off. */
export class Pacer {
  private gulps = Subscription.EMPTY;
  private paused = false;
  /** It is read to its end, whatever the rule holds. */
  private suspended = false;

  /** `patient` is asked again and again: a source that waits for as long as it takes is read not at all meanwhile. */
  constructor(
    private readonly socket: Pick<PullSocket, 'pause' | 'resume' | 'readOut'>,
    private readonly clock: Clock,
    private readonly patient: () => boolean,
  ) {}

  pause(): void {
    this.paused = true;
    if (this.suspended || !this.gulps.closed) return;
    this.socket.pause();
    this.gulps = every(this.clock, LONGEST, () => {
      if (!this.patient()) this.socket.readOut();
    });
  }

  resume(): void {
    this.paused = false;
    this.gulps.unsubscribe();
    if (!this.suspended) this.socket.resume();
  }

  /** No pause until `restore`. */
  suspend(): void {
    this.suspended = true;
    this.gulps.unsubscribe();
    this.socket.resume();
  }

  restore(): void {
    this.suspended = false;
    if (this.paused) this.pause();
  }

  close(): void {
    this.suspended = true;
    this.gulps.unsubscribe();
  }
}
