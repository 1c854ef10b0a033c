import type { PullSocket } from '../sp/transport.js';

type Flow = Pick<PullSocket, 'pause' | 'resume' | 'readOut'>;

/**
 * Stops a socket also within a frame that holds several: the rest of it waits, and goes first when the socket goes on.
 * No more than one frame waits, since none follows it from a socket that is paused.
 */
export class FrameGate<F> implements Flow {
  private waiting: readonly F[] = [];
  private next = 0;
  private paused = false;
  private delivering = false;

  constructor(
    private readonly socket: () => Flow,
    private readonly deliver: (frame: F) => void,
  ) {}

  /** A frame that holds one. */
  takeOne(frame: F): void {
    if (this.isEmpty) this.deliver(frame);
    else this.take([frame]);
  }

  /** What has come in one frame. What waits already is of another connection, which a callback has let go on. */
  take(frames: readonly F[]): void {
    this.waiting = this.isEmpty ? frames : [...this.waiting.slice(this.next), ...frames];
    this.next = 0;
    this.drain();
  }

  pause(): void {
    this.paused = true;
    this.socket().pause();
  }

  resume(): void {
    this.paused = false;
    this.drain();
    if (!this.paused) this.socket().resume();
  }

  /** To the end of each frame, whatever comes. */
  readOut(): void {
    this.paused = false;
    this.drain();
    this.socket().readOut();
  }

  private get isEmpty(): boolean {
    return this.next >= this.waiting.length;
  }

  private drain(): void {
    // From within a callback the loop that called it goes on: a second one would overtake the frame at hand.
    if (this.delivering) return;
    this.delivering = true;
    try {
      while (!this.paused && !this.isEmpty) this.deliver(this.waiting[this.next++] as F);
    } finally {
      this.delivering = false;
    }
    if (this.isEmpty) this.waiting = [];
  }
}
