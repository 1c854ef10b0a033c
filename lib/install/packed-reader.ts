import { type FileHandle, open } from 'node:fs/promises';
import type { Entry } from 'yauzl';
import { type RxportError, zipInvalid } from '../errors.js';

/** Bytes that are read at a time: the small files of a zip mostly lie one after the other. */
const WINDOW = 1024 * 1024;
/** Of one entry that is read part by part. */
const PART = 64 * 1024;
const LOCAL_HEADER = 30;
const SIGNATURE = 0x04034b50;

/** The packed bytes of the entries of a zip: of one after the other, with one read for many of them, or part by part. */
export class PackedReader {
  private window: Buffer = Buffer.alloc(0);
  /** Filled in turn: while one is being filled, who was given bytes of the other is still at work on them. */
  private readonly buffers = [Buffer.allocUnsafe(WINDOW), Buffer.allocUnsafe(WINDOW)];
  private start = 0;
  private reading: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
  ) {}

  static async open(file: string): Promise<PackedReader> {
    return new PackedReader(file, await open(file));
  }

  /**
   * Rejects with `ERR_ZIP_INVALID` when the entry is not where the zip says. The bytes are good until the event loop goes
   * on: whoever keeps them longer copies them.
   */
  read(entry: Entry): Promise<Buffer> {
    const bytes = this.reading.then(() => this.find(entry));
    this.reading = bytes.catch(() => undefined);
    return bytes;
  }

  /** Of one entry part by part, beside whatever else is being read. Throws the same; the bytes stay good. */
  async *parts({ relativeOffsetOfLocalHeader: offset, compressedSize }: Entry): AsyncGenerator<Buffer> {
    const header = await this.fill(Buffer.allocUnsafe(LOCAL_HEADER), offset);
    let at = offset + this.lengthOf(header);
    for (const end = at + compressedSize; at < end;) {
      const part = await this.fill(Buffer.allocUnsafe(Math.min(PART, end - at)), at);
      at += part.length;
      yield part;
    }
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async find({ relativeOffsetOfLocalHeader: offset, compressedSize }: Entry): Promise<Buffer> {
    const header = await this.bytes(offset, LOCAL_HEADER);
    return this.bytes(offset + this.lengthOf(header), compressedSize);
  }

  /** The local header has a name and fields of its own, of which only the length matters. */
  private lengthOf(header: Buffer): number {
    if (header.readUInt32LE(0) !== SIGNATURE) throw zipInvalid(this.file, 'an entry is not where it should be');
    return LOCAL_HEADER + header.readUInt16LE(26) + header.readUInt16LE(28);
  }

  private async bytes(offset: number, length: number): Promise<Buffer> {
    const at = offset - this.start;
    if (at < 0 || at + length > this.window.length) await this.load(offset, length);
    const from = offset - this.start;
    if (from + length > this.window.length) throw this.tooShort();
    return this.window.subarray(from, from + length);
  }

  private async load(offset: number, length: number): Promise<void> {
    const [next = Buffer.alloc(0), other = next] = this.buffers;
    this.buffers.splice(0, 2, other, next);
    const buffer = length > WINDOW ? Buffer.allocUnsafe(length) : next;
    this.window = await this.fillUp(buffer, offset);
    this.start = offset;
  }

  private async fill(buffer: Buffer, offset: number): Promise<Buffer> {
    const filled = await this.fillUp(buffer, offset);
    if (filled.length < buffer.length) throw this.tooShort();
    return filled;
  }

  /** With less where the file ends. */
  private async fillUp(buffer: Buffer, offset: number): Promise<Buffer> {
    let filled = 0;
    for (let read = -1; read !== 0 && filled < buffer.length; filled += read)
      read = (await this.handle.read(buffer, filled, buffer.length - filled, offset + filled)).bytesRead;
    return buffer.subarray(0, filled);
  }

  private tooShort(): RxportError {
    return zipInvalid(this.file, 'an entry reaches beyond its end');
  }
}
