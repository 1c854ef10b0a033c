/** A read of up to so many bytes is small. */
const SMALL = 1_024;
/** So many small reads in a row, the last no more than a millisecond after the first, are a flood. */
const MANY = 16;
const WITHIN = 1;
/** A rest that has brought fewer frames was not worth it: the flood is over. */
const FEW = 8;
/** How long in milliseconds there are no rests once the peer has waited for one to end. */
const AWAKE = 1_000;

/**
 * What Linux lets a unix socket hold that has not been read, in bytes, if nobody sets another limit (`wmem_default`); a
 * peer that has filled nine tenths of it in a rest may have been stopped by the end. Each message counts for its bytes
 * and the kernel's own 320 at its end, rounded up to a power of two, and 256 more: 278 messages of 109 bytes, as measured.
 */
const HELD = 0.9 * 212_992;
const heldFor = (frames: number, bytes: number): number =>
  frames * (2 ** Math.ceil(Math.log2(bytes / frames + 320)) + 256);

/**
 * Whether a reader rests for a millisecond, as network cards do: a peer that sends many small messages would wake it for
 * each of them, which costs both more than the message does.
 *
 * Measured with a Go source that floods with 100 bytes on two cores: see `docs/performance.md`.
 */
export class ReadRhythm {
  private resting = false;
  private reads = 0;
  private since = 0;
  private awakeUntil = -Infinity;

  /**
   * After a read: true to rest. `bytes` and `frames` are what has come since the last rest, or in this read when there was
   * none; `now` in milliseconds.
   */
  rests(now: number, bytes: number, frames: number): boolean {
    this.resting = this.resting ? this.goesOn(now, bytes, frames) : this.begins(now, bytes);
    return this.resting;
  }

  private begins(now: number, bytes: number): boolean {
    if (bytes > SMALL || now < this.awakeUntil) this.reads = 0;
    else if (this.reads++ === 0) this.since = now;
    if (this.reads < MANY) return false;
    this.reads = 0;
    return now - this.since <= WITHIN;
  }

  private goesOn(now: number, bytes: number, frames: number): boolean {
    if (frames < FEW) return false;
    if (heldFor(frames, bytes) < HELD) return true;
    this.awakeUntil = now + AWAKE;
    return false;
  }
}
