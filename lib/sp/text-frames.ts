import { HEADER_BYTES } from './frame-decoder.js';

/** A header whose length is still to be filled in; only characters that are one byte each. */
const HEADER = `\x01${'\0'.repeat(HEADER_BYTES - 1)}`;

/**
 * Bytes of room beyond the text, more than a character takes that does not fit any longer: as many bytes written as there
 * are characters mean that each of them is one byte.
 */
export const SLACK = 4;

/**
 * Small frames of text, put together as text and written by one call. That takes 50 ns a frame of 100 bytes in place of
 * 120, as long as each character is a byte.
 */
export class TextFrames {
  private text = '';
  private bodies: string[] = [];

  /** How many bytes they are as frames, if they are ASCII. */
  get bytes(): number {
    return this.text.length;
  }

  /** How many bytes `writeTo` must find free. */
  get room(): number {
    return this.text.length + SLACK;
  }

  add(body: string): void {
    this.text += HEADER + body;
    this.bodies.push(body);
  }

  /** Forgets them; answers their bodies. */
  clear(): readonly string[] {
    const { bodies } = this;
    this.text = '';
    this.bodies = [];
    return bodies;
  }

  /** False when they are not ASCII: what stands there then is to be overwritten. */
  writeTo(block: Buffer, at: number): boolean {
    if (block.write(this.text, at) !== this.text.length) return false;
    for (const { length } of this.bodies) {
      writeLength(block, at + 1, length);
      at += HEADER_BYTES + length;
    }
    return true;
  }
}

/** As u64, big-endian; byte by byte, which took 20 ns less than the methods of a buffer. */
export function writeLength(block: Buffer, at: number, length: number): void {
  const high = Math.floor(length / 0x1_0000_0000);
  block[at] = high >>> 24;
  block[at + 1] = high >>> 16;
  block[at + 2] = high >>> 8;
  block[at + 3] = high;
  block[at + 4] = length >>> 24;
  block[at + 5] = length >>> 16;
  block[at + 6] = length >>> 8;
  block[at + 7] = length;
}
