import { Subscription } from 'rxjs';
import { after, type Clock } from '../clock.js';
import type { PullSocket } from '../sp/transport.js';

/**
 * A newcomer waits for so many turns of the event loop, each of so many milliseconds at least: also a host that is busy
 * gets to read what those before have left, and a stock SDK gives up on a send after a second.
 */
const TURNS = 8;
const TURN = 50;

/** Reads on until `restore`, whatever the rule takes: what it does not take waits for it, in order. */
export interface ReadsAhead {
  collect(): void;
  restore(): void;
}

/**
 * Reads one connection after the other, in the order in which they have come: what a process that died has left in the
 * kernel goes before what the next one sends. Its end follows its last byte; who lives on, or whose connection a child
 * keeps open, has `TURNS`.
 */
export class Succession {
  private waiting = false;
  private fuse = Subscription.EMPTY;

  constructor(
    private readonly clock: Clock,
    /** Takes its peers in turn. */
    private readonly socket: () => Pick<PullSocket, 'held' | 'release'>,
    private readonly reads: ReadsAhead,
  ) {}

  /** Somebody has connected. */
  opened(): void {
    if (this.waiting || this.socket().held === 0) return;
    this.waiting = true;
    this.wait(TURNS);
    // Last: all that is left may be read before it returns.
    this.reads.collect();
  }

  /** Somebody has gone. */
  closed(): void {
    if (this.socket().held === 0) this.end();
  }

  /** Lets in who waits. */
  end(): void {
    if (!this.waiting) return;
    this.close();
    this.socket().release();
    this.reads.restore();
  }

  close(): void {
    this.waiting = false;
    this.fuse.unsubscribe();
  }

  private wait(turns: number): void {
    this.fuse = after(this.clock, TURN, () => (turns > 1 ? this.wait(turns - 1) : this.end()));
  }
}
