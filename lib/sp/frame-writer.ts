import type { Socket } from 'node:net';
import { HEADER_BYTES } from './frame-decoder.js';
import { SLACK, TextFrames, writeLength } from './text-frames.js';

const FIRST_BLOCK = 4 * 1024;
/** Small frames are gathered up to this size. */
const LARGEST_BLOCK = 64 * 1024;
/**
 * A larger frame has a block of its own, which is kept for the next one up to this size: the largest frame of a Go plugin
 * fits in. New memory costs a page fault for each 4 KiB, which takes longer than to fill it.
 */
const LARGEST_KEPT = 17 * LARGEST_BLOCK;
/** Bytes that are more than this are handed to the socket as they are instead of being copied into the block. */
const COPY_LIMIT = 16 * 1024;
/** Text up to so many characters is written together with what comes before and after it, so many at once. */
const SHORT = 1024;
const MOST_TEXT = 32 * 1024;
/** UTF-8 takes at most three bytes for one UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Writes frames, coalesced: all that is written in one tick goes to the socket in one piece.
 *
 * `accepted(frames)` is told once per piece, when the kernel has it.
 */
export class FrameWriter {
  private block = Buffer.alloc(0);
  private start = 0;
  private end = 0;
  /** How many are in the block, and have not been handed over. */
  private frames = 0;
  /** Behind those in the block. */
  private readonly texts = new TextFrames();
  /** So far: `°C` is not. */
  private isAscii = true;
  private scheduled = false;

  constructor(
    private readonly socket: Socket,
    private readonly accepted: (frames: number) => void,
  ) {}

  /** Bytes that wait here or in the socket. */
  get pending(): number {
    return this.end - this.start + this.texts.bytes + this.socket.writableLength;
  }

  /** `header` stands in front of the body inside the frame: the request id of REQ and REP. */
  write(body: string | Uint8Array, header?: Buffer): void {
    if (typeof body === 'string' && header === undefined && this.isAscii && body.length <= SHORT) {
      this.texts.add(body);
      if (this.texts.bytes > MOST_TEXT) this.settle();
    } else {
      this.settle();
      this.writeOne(body, header);
    }
    // A request or an answer: nothing follows it on its connection, and a call measured 10 % longer for the wait.
    if (header !== undefined) return this.flush();
    if (this.scheduled) return;
    this.scheduled = true;
    // Not a microtask: an async generator awaits between two values, and each would leave in a piece of its own.
    process.nextTick(this.tickEnded);
  }

  /** Hands over what has been written so far in this tick. */
  flush(): void {
    this.settle();
    this.handOver();
  }

  private handOver(): void {
    const { block, start, end, frames, socket } = this;
    if (frames > 0) {
      this.start = end;
      this.frames = 0;
      socket.write(block.subarray(start, end), (error) => {
        // Node tells a write that was cut off by the end of its socket as one that went well.
        if (!error && !socket.destroyed) this.accepted(frames);
      });
    }
    // The kernel took all of it at once: the block can be filled from its beginning again.
    if (socket.writableLength === 0) this.start = this.end = 0;
    if (isOneOff(block.length, end)) this.renew(0);
  }

  private readonly tickEnded = (): void => {
    this.scheduled = false;
    this.flush();
  };

  /** Moves the texts into the block. One by one when they are not ASCII, and so from then on. */
  private settle(): void {
    const { texts } = this;
    if (texts.bytes === 0) return;
    this.reserve(texts.room);
    if (texts.writeTo(this.block, this.end)) {
      this.end += texts.bytes;
      this.frames += texts.clear().length;
    } else {
      this.isAscii = false;
      for (const body of texts.clear()) this.writeOne(body, undefined);
    }
  }

  private writeOne(body: string | Uint8Array, header: Buffer | undefined): void {
    if (typeof body !== 'string' && body.length > COPY_LIMIT) this.writeLarge(body, header);
    else this.copy(body, header);
    this.frames += 1;
  }

  private copy(body: string | Uint8Array, header: Buffer | undefined): void {
    const prefix = header?.length ?? 0;
    this.reserve(HEADER_BYTES + prefix + this.roomFor(body));
    const { block, end } = this;
    const at = end + HEADER_BYTES + prefix;
    const length = typeof body === 'string' ? block.write(body, at) : (block.set(body, at), body.length);
    if (this.isAscii && length !== body.length) {
      this.isAscii = false;
      return this.copy(body, header);
    }
    this.writeHeader(prefix + length, header);
    this.end = at + length;
  }

  /** As many bytes as `body` takes, or more. Text is counted only where it may not be ASCII: that takes as long as to write it. */
  private roomFor(body: string | Uint8Array): number {
    if (typeof body !== 'string') return body.length;
    if (this.isAscii) return body.length + SLACK;
    const bound = body.length * MAX_BYTES_PER_UNIT;
    return bound > COPY_LIMIT ? Buffer.byteLength(body) : bound;
  }

  private writeLarge(bytes: Uint8Array, header: Buffer | undefined): void {
    const prefix = header?.length ?? 0;
    this.reserve(HEADER_BYTES + prefix);
    this.writeHeader(prefix + bytes.length, header);
    this.end += HEADER_BYTES + prefix;
    // Corked: what stood in the block and the body leave in one system call.
    this.socket.cork();
    this.socket.write(this.block.subarray(this.start, this.end));
    this.socket.write(bytes);
    this.socket.uncork();
    this.start = this.end;
  }

  private writeHeader(length: number, header: Buffer | undefined): void {
    const { block, end } = this;
    block[end] = 1;
    writeLength(block, end + 1, length);
    if (header !== undefined) block.set(header, end + HEADER_BYTES);
  }

  /**
   * Makes room for `bytes`. A block that one tick fills is followed by a larger one; a block that the socket may still be
   * reading is left to it.
   */
  private reserve(bytes: number): void {
    if (this.block.length - this.end >= bytes) return;
    this.handOver();
    if (this.block.length >= LARGEST_BLOCK && this.block.length - this.end >= bytes) return;
    this.renew(sizeFor(bytes, this.block.length));
  }

  private renew(bytes: number): void {
    this.block = Buffer.allocUnsafeSlow(bytes);
    this.start = this.end = 0;
  }
}

/** Twice the one before or more; in whole blocks above the usual size, so that a frame that is a little larger fits too. */
function sizeFor(bytes: number, before: number): number {
  let size = Math.min(Math.max(before * 2, FIRST_BLOCK), LARGEST_BLOCK);
  while (size < bytes && size < LARGEST_BLOCK) size *= 2;
  return size >= bytes ? size : Math.ceil(bytes / LARGEST_BLOCK) * LARGEST_BLOCK;
}

/** It was made for one large frame, and is not kept: too large, or what was written last was none. */
const isOneOff = (size: number, used: number): boolean =>
  size > LARGEST_KEPT || (size > LARGEST_BLOCK && used > 0 && used <= LARGEST_BLOCK);
