import type { PullSocket } from '../sp/transport.js';
import { Queue } from '../stage.js';

type Flow = Pick<PullSocket, 'pause' | 'resume' | 'readOut'>;

/**
 * So many characters wait at most of a source that was stopped, besides the frame at hand and the one that goes beyond: more
 * than the buffers between it and the host hold.
 */
const MOST = 67_108_864;
/** What a value takes besides its characters: 65,536 small ones are as much as may wait. */
const VALUE = 1_024;

/** What has come together. */
interface Lot<F> {
  readonly frames: readonly F[];
  readonly weight: number;
}

/**
 * Stops a socket also within a frame that holds several: the rest of it waits, and goes first when the socket goes on.
 * No more than one frame waits, since none follows it from a socket that is paused; after `collect` what is on its way, until
 * that is too much.
 */
export class FrameGate<F> implements Flow {
  /** Told each time that nothing waits any more. */
  onEmpty: (() => void) | undefined;
  /** Told each time that too much waits to collect more. */
  onFull: (() => void) | undefined;
  private waiting: readonly F[] = [];
  private next = 0;
  /** What has come while others waited. */
  private readonly behind = new Queue<Lot<F>>();
  /** Of all behind. */
  private weight = 0;
  private paused = false;
  /** The socket flows, whether or not what comes is handed on. */
  private collecting = false;
  /** For what is too much the oldest goes on, whatever the rule holds. */
  private spills = false;
  /** It does not flow now: too much waits. */
  private isFull = false;
  private onRoom: (() => void) | undefined;
  private isFlushed = false;
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

  /** It collects no more, since too much waits. */
  get full(): boolean {
    return this.isFull;
  }

  /** Nobody takes it any longer. */
  get flushed(): boolean {
    return this.isFlushed;
  }

  /** A frame that holds one, of so many characters. */
  takeOne(frame: F, size: number): void {
    if (this.paused || !this.isEmpty) return this.put([frame], size);
    this.deliver(frame);
  }

  /** What has come in one frame, of so many characters. */
  take(frames: readonly F[], size: number): void {
    if (!this.isEmpty) return this.put(frames, size);
    this.waiting = frames;
    this.next = 0;
    this.drain();
  }

  pause(): void {
    if (this.isFlushed) return;
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

  /**
   * Reads on also while it is paused, of a source that is stopped and waits for being read. When too much waits it is full, and
   * reads on when half of that is left; or it `spills`, where the end has to come soon.
   */
  collect(spills = false): void {
    if (this.sealed) return;
    this.collecting = true;
    this.spills = spills;
    if (spills) this.endFull();
    this.weigh();
    if (!this.isFull) this.socket().resume();
  }

  /** Ends that. */
  release(): void {
    this.endCollecting();
    if (this.paused) this.socket().pause();
  }

  /** While it is full: reads what has come up to now all the same; what waits longest goes on for it, whatever the rule holds. */
  makeRoom(): void {
    if (this.isFull) this.socket().readOut();
  }

  /** Resolves when it is not full. */
  room(): Promise<void> {
    return new Promise((resolve) => {
      if (this.isFull) this.onRoom = resolve;
      else resolve();
    });
  }

  /** For good: of a source that is deaf to STOP there would be no end. What has come is handed on. */
  seal(): void {
    this.sealed = true;
    this.endCollecting();
    this.socket().pause();
  }

  /** Hands on what waits and what comes, and is paused no more. */
  flush(): void {
    this.isFlushed = true;
    this.resume();
  }

  /** Behind what waits: of another connection, which a callback has let go on, or collected. */
  private put(frames: readonly F[], size: number): void {
    const weight = size + frames.length * VALUE;
    this.behind.push({ frames, weight });
    this.weight += weight;
    // What comes while it is full is of a source that can not wait.
    this.drain(this.isFull || this.spills ? MOST : Infinity);
    this.weigh();
  }

  /** Also while it is paused, until no more than `most` waits. */
  private drain(most = Infinity): void {
    // From within a callback the loop that called it goes on: a second one would overtake the frame at hand.
    if (this.delivering) return;
    this.delivering = true;
    try {
      while (!this.isEmpty && (!this.paused || this.weight > most)) this.deliver(this.first());
    } finally {
      this.delivering = false;
    }
    this.weigh();
    if (!this.isEmpty) return;
    this.waiting = [];
    this.next = 0;
    this.onEmpty?.();
  }

  private first(): F {
    if (this.next >= this.waiting.length) {
      const { frames, weight } = this.behind.shift() as Lot<F>;
      this.waiting = frames;
      this.next = 0;
      this.weight -= weight;
    }
    return this.waiting[this.next++] as F;
  }

  /** Full from when too much waits until half of that does. */
  private weigh(): void {
    if (!this.collecting) return;
    if (!this.isFull && !this.spills && this.weight > MOST) {
      this.isFull = true;
      this.socket().pause();
      this.onFull?.();
    } else if (this.isFull && this.weight <= MOST / 2) {
      this.endFull();
      this.socket().resume();
    }
  }

  private endCollecting(): void {
    this.collecting = this.spills = false;
    this.endFull();
  }

  private endFull(): void {
    this.isFull = false;
    const { onRoom } = this;
    this.onRoom = undefined;
    onRoom?.();
  }
}
