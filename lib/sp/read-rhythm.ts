/** A read of up to so many bytes is small. */
const SMALL = 512;
/** So many small reads in a row, the last no more than a millisecond after the first, are a flood. */
const MANY = 16;
const WITHIN = 1;
/** A rest that has brought fewer frames was not worth it: the flood is over. */
const FEW = 8;
/**
 * For so many milliseconds nobody rests again then, twice as long each time that it was in vain once more: short at first,
 * since a flood has a gap now and then, and soon long for a peer that waits for an answer to each message.
 */
const SHORTEST_BAR = 1;
const LONGEST_BAR = 1_000;

/**
 * When a reader rests for a millisecond, as network cards do: a peer that sends many small messages one by one would wake
 * it for each of them, which costs both more than the message does. While the work on what was read is rest enough, and
 * the next read brings many, there is none. A peer that waits for an answer to each message looks like a flood and is none.
 */
export class ReadRhythm {
  private flooded = false;
  private rested = false;
  private reads = 0;
  private since = 0;
  private barredUntil = 0;
  private bar = SHORTEST_BAR;

  /** After a read: true to rest. `bytes` and `frames` are those of this read, and of what has come in a rest before it. */
  rests(now: number, bytes: number, frames: number): boolean {
    if (this.rested) this.look(now, frames);
    if (!this.flooded) this.flooded = now >= this.barredUntil && this.floods(now, bytes);
    this.rested = this.flooded && bytes <= SMALL;
    return this.rested;
  }

  /** What a rest was worth. */
  private look(now: number, frames: number): void {
    this.flooded = frames >= FEW;
    if (!this.flooded) this.barredUntil = now + this.bar;
    this.bar = this.flooded ? SHORTEST_BAR : Math.min(2 * this.bar, LONGEST_BAR);
  }

  private floods(now: number, bytes: number): boolean {
    if (bytes > SMALL) this.reads = 0;
    else if (this.reads++ === 0) this.since = now;
    if (this.reads < MANY) return false;
    this.reads = 0;
    return now - this.since <= WITHIN;
  }
}
