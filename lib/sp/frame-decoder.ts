import { frameInvalid, frameTooLarge } from '../errors.js';

/** `01 | length u64 BE | payload`: SP over IPC puts the byte 01 in front, SP over TCP does not. */
export const HEADER_BYTES = 9;

const EMPTY = Buffer.alloc(0);

/**
 * Cuts a byte stream into frames, one pass per chunk.
 *
 * A frame inside one chunk is a view of it; one that spans chunks is copied once, into memory of its own size. The
 * length is checked before anything is allocated.
 */
export class FrameDecoder {
  private chunk: Buffer = EMPTY;
  private at = 0;
  /** The frame that spans chunks, and how much of it is there. */
  private partial: Buffer | undefined;
  private filled = 0;

  constructor(
    private readonly label: string,
    private readonly maxFrame: number,
  ) {}

  /** Bytes received and not yet handed on. */
  get buffered(): number {
    return this.filled + this.chunk.length - this.at;
  }

  push(chunk: Buffer): void {
    // Left over only in front of a pause or as part of a header: both are rare, and a header is short.
    this.chunk = this.at < this.chunk.length ? Buffer.concat([this.chunk.subarray(this.at), chunk]) : chunk;
    this.at = 0;
  }

  /** The next whole frame, or undefined until more is pushed. Throws `ERR_FRAME_INVALID` or `ERR_FRAME_TOO_LARGE`. */
  next(): Buffer | undefined {
    if (this.partial !== undefined) return this.fill(this.partial);
    const { chunk, at } = this;
    if (chunk.length - at < HEADER_BYTES) return undefined;

    const length = this.lengthAt(chunk, at);
    const start = at + HEADER_BYTES;
    if (chunk.length - start >= length) {
      this.at = start + length;
      return chunk.subarray(start, start + length);
    }
    // Slow: not from the shared pool, whose slab a large frame would only waste.
    this.partial = Buffer.allocUnsafeSlow(length);
    this.filled = 0;
    this.at = start;
    return this.fill(this.partial);
  }

  private lengthAt(chunk: Buffer, at: number): number {
    if (chunk[at] !== 1) throw frameInvalid(this.label, `a frame starts with byte ${chunk[at]}, expected 1`);
    const length = chunk.readUInt32BE(at + 1) * 0x1_0000_0000 + chunk.readUInt32BE(at + 5);
    if (length > this.maxFrame) throw frameTooLarge(this.label, length, this.maxFrame);
    return length;
  }

  private fill(frame: Buffer): Buffer | undefined {
    const copied = this.chunk.copy(frame, this.filled, this.at);
    this.at += copied;
    this.filled += copied;
    if (this.filled < frame.length) return undefined;
    this.partial = undefined;
    this.filled = 0;
    return frame;
  }
}
