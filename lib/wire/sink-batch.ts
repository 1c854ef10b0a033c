import { isAscii } from 'node:buffer';
import { messageInvalid } from '../errors.js';

/** How many values one frame of a sink holds at most, and how much of them: in bytes, or UTF-16 units of text. */
export const BATCH_VALUES = 64;
export const BATCH_SIZE = 12 * 1024;
/** A larger value goes alone: what it gains is less than what the copy costs. */
export const BATCH_LARGEST = 1024;

/** What a batch begins with. */
const MAGIC = Buffer.from('\u0001rxbatch', 'latin1');
const MAGIC_TEXT = MAGIC.toString('latin1');
const LENGTHS = MAGIC.length + 4;

/** UTF-8 takes at most three bytes for one UTF-16 unit. */
export const BATCH_BYTES = LENGTHS + 4 * BATCH_VALUES + 3 * BATCH_SIZE;

/** A value of a sink as it goes out. */
export type Payload = string | Uint8Array;

/**
 * Host → plugin: one value as it is, several as `01 "rxbatch" | count u32 BE | length u32 BE of each | the values`.
 *
 * One that begins like a batch is sent as a batch of one, so that a plugin which knows batches takes nothing else for one.
 */
export function encodePayloads(payloads: readonly Payload[]): Payload {
  const [first = ''] = payloads;
  if (payloads.length === 1 && !beginsLikeBatch(first)) return first;
  const text = asciiOf(payloads);
  const lengths = text === undefined ? payloads.map((one) => Buffer.byteLength(one)) : payloads.map(lengthOf);
  const start = LENGTHS + 4 * lengths.length;
  const frame = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, start));
  frame.set(MAGIC);
  frame.writeUInt32BE(lengths.length, MAGIC.length);
  let at = LENGTHS;
  for (const length of lengths) at = frame.writeUInt32BE(length, at);
  if (text !== undefined) frame.write(text, at, 'latin1');
  else for (const one of payloads) at += typeof one === 'string' ? frame.write(one, at) : copied(frame, one, at);
  return frame;
}

const lengthOf = ({ length }: Payload): number => length;

const copied = (frame: Buffer, bytes: Uint8Array, at: number): number => {
  frame.set(bytes, at);
  return bytes.length;
};

function beginsLikeBatch(payload: Payload): boolean {
  if (typeof payload === 'string') return payload.startsWith(MAGIC_TEXT);
  return payload[0] === MAGIC[0] && MAGIC.equals(payload.subarray(0, MAGIC.length));
}

/** All of them as one text where a character is a byte: written at once, that is twice as fast as one by one. */
function asciiOf(payloads: readonly Payload[]): string | undefined {
  if (!payloads.every((one) => typeof one === 'string')) return undefined;
  const text = payloads.join('');
  return Buffer.byteLength(text) === text.length ? text : undefined;
}

/** One value of a frame, as text or as bytes. */
export interface ReceivedValue {
  text(): string;
  /** A view of what was read: it keeps all of that in memory. */
  bytes(): Buffer;
}

/** The values of a frame: `next`, then the one at hand. */
export class SinkFrame implements ReceivedValue {
  /** All values of a batch where a byte is a character, made once. */
  private ascii: string | undefined;
  private from: number;
  private to: number;
  private index = 0;

  private constructor(
    private readonly frame: Buffer,
    private readonly start: number,
    /** How many there are; undefined for a value that came as it is. */
    private readonly count: number | undefined,
  ) {
    this.from = this.to = start;
  }

  static alone(frame: Buffer): SinkFrame {
    return new SinkFrame(frame, 0, undefined);
  }

  /** Throws `ERR_MESSAGE_INVALID` for a batch whose lengths do not fit it. */
  static read(frame: Buffer, address: string): SinkFrame {
    if (!beginsLikeBatch(frame)) return SinkFrame.alone(frame);
    const count = frame.length < LENGTHS ? 0 : frame.readUInt32BE(MAGIC.length);
    const start = LENGTHS + 4 * count;
    let end = start;
    if (start <= frame.length) for (let at = LENGTHS; at < start; at += 4) end += frame.readUInt32BE(at);
    if (count === 0 || end !== frame.length)
      throw messageInvalid(address, [`a batch of ${count} values that ends at byte ${end}, in ${frame.length} bytes`]);
    return new SinkFrame(frame, start, count);
  }

  /** Several values: their host is told of errors only. */
  get isBatch(): boolean {
    return this.count !== undefined && this.count > 1;
  }

  /** False when there is none left. */
  next(): boolean {
    const { frame, index, count = 1 } = this;
    if (index === count) return false;
    this.from = this.to;
    this.to = this.count === undefined ? frame.length : this.to + frame.readUInt32BE(LENGTHS + 4 * index);
    this.index += 1;
    return true;
  }

  text(): string {
    const { frame, start, from, to } = this;
    if (this.count === undefined) return frame.toString();
    const ascii = (this.ascii ??= isAscii(frame.subarray(start)) ? frame.toString('latin1', start) : '');
    return ascii === '' ? frame.toString('utf8', from, to) : ascii.slice(from - start, to - start);
  }

  bytes(): Buffer {
    return this.frame.subarray(this.from, this.to);
  }
}
