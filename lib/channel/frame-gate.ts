import type { PullSocket } from '../sp/transport.js';
import { Queue } from '../stage.js';

type Flow = Pick<PullSocket, 'pause' | 'resume' | 'readOut'>;

/** So many wait at most of a source that was stopped: more than the buffers between it and the host hold. */
const MOST = 65_536;

/**
 * Stops a socket also within a frame that holds several: the rest of it waits, and goes first when the socket goes on.
 * No more than one frame waits, since none follows it from a socket that is paused; after `collect` all that is on its way.
 */
export class FrameGate<F> implements Flow {
  /** Told each time that nothing waits any more. */
  onEmpty: (() => void) | undefined;
  private waiting: readonly F[] = [];
  private next = 0;
  /** What has come while others waited. */
  private readonly behind = new Queue<F>();
  private paused = false;
  /** The socket flows, whether or not what comes is handed on. */
  private collecting = false;
  private flushed = false;
  private sealed = false;
  private delivering = false;

  constructor(
    private readonly socket: () => Flow,
    private readonly deliver: (frame: F) => void,
    /** Frames come in the context of their owner already; what waits goes on whenever somebody lets it. */
    private readonly inContext: (work: () => void) => void = (work) => work(),
  ) {}

  get isEmpty(): boolean {
    return this.next >= this.waiting.length && this.behind.length === 0;
  }

  /** A frame that holds one. */
  takeOne(frame: F): void {
    if (this.paused || !this.isEmpty) return this.put([frame]);
    this.deliver(frame);
  }

  /** What has come in one frame. */
  take(frames: readonly F[]): void {
    if (!this.isEmpty) return this.put(frames);
    this.waiting = frames;
    this.next = 0;
    this.drain();
  }

  pause(): void {
    if (this.flushed) return;
    this.paused = true;
    if (!this.collecting) this.socket().pause();
  }

  resume(): void {
    this.paused = false;
    this.inContext(() => this.drain());
    if (!this.paused && !this.sealed) this.socket().resume();
  }

  /** To the end of each frame, whatever comes. */
  readOut(): void {
    this.paused = false;
    this.inContext(() => this.drain());
    this.socket().readOut();
  }

  /** Reads on also while it is paused, of a source that is stopped and waits for being read. */
  collect(): void {
    this.collecting = true;
    if (!this.sealed) this.socket().resume();
  }

  /** Ends that. */
  release(): void {
    this.collecting = false;
    if (this.paused) this.socket().pause();
  }

  /** For good: of a source that is deaf to STOP there would be no end. What has come is handed on. */
  seal(): void {
    this.sealed = true;
    this.socket().pause();
  }

  /** Hands on what waits and what comes, and is paused no more. */
  flush(): void {
    this.flushed = true;
    this.resume();
  }

  /** Behind what waits: of another connection, which a callback has let go on, or collected. */
  private put(frames: readonly F[]): void {
    for (const frame of frames) this.behind.push(frame);
    if (!this.paused) this.drain();
    if (this.collecting && this.behind.length > MOST) this.release();
  }

  private drain(): void {
    // From within a callback the loop that called it goes on: a second one would overtake the frame at hand.
    if (this.delivering) return;
    this.delivering = true;
    try {
      while (!this.paused && !this.isEmpty) {
        this.deliver(this.next < this.waiting.length ? (this.waiting[this.next++] as F) : (this.behind.shift() as F));
      }
    } finally {
      this.delivering = false;
    }
    if (!this.isEmpty) return;
    this.waiting = [];
    this.next = 0;
    this.onEmpty?.();
  }
}
