import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { FrameDecoder } from '../../lib/sp/frame-decoder.js';
import { FrameWriter } from '../../lib/sp/frame-writer.js';
import { frame } from '../helpers/raw-peer.js';

/** A socket whose kernel takes a piece only when told to, and looks at its bytes no earlier. */
class SlowSocket extends Writable {
  /** What has been read so far. */
  read = Buffer.alloc(0);
  /** One entry for each system call. */
  readonly calls: number[] = [];
  /** The memory that it was handed. */
  readonly blocks = new Set<ArrayBufferLike>();
  private waiting: (() => void) | undefined;

  /** With `fast`, the kernel takes each piece at once, as long as it says so. */
  constructor(public fast = false) {
    super({ decodeStrings: false });
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this._writev([{ chunk }], done);
  }

  override _writev(pieces: readonly { readonly chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of pieces) this.blocks.add(chunk.buffer);
    this.calls.push(pieces.reduce((sum, { chunk }) => sum + chunk.length, 0));
    this.waiting = () => {
      this.waiting = undefined;
      this.read = Buffer.concat([this.read, ...pieces.map(({ chunk }) => chunk)]);
      done();
    };
    if (this.fast) this.waiting();
  }

  /** The kernel takes what it was given last; false when there was nothing. */
  take(): boolean {
    if (this.waiting === undefined) return false;
    this.waiting();
    return true;
  }
}

function setUp(fast: boolean) {
  const socket = new SlowSocket(fast);
  const accepted: number[] = [];
  const writer = new FrameWriter(socket as unknown as Socket, (frames) => accepted.push(frames));
  return { socket, writer, accepted };
}

const tick = (): Promise<void> => new Promise(setImmediate);

function framesIn(bytes: Buffer): string[] {
  const decoder = new FrameDecoder('x', 2 ** 30);
  decoder.push(bytes);
  const frames: string[] = [];
  for (let next = decoder.next(); next !== undefined; next = decoder.next()) frames.push(next.toString('hex'));
  expect(decoder.buffered).toBe(0);
  return frames;
}

describe('the frame writer', () => {
  it('writes the bytes of the contract', async () => {
    const { socket, writer } = setUp(true);
    writer.write('handshake', Buffer.from('80000001', 'hex'));
    writer.write(Buffer.from('ok'), Buffer.from('80000002', 'hex'));
    await tick();
    expect(socket.read.toString('hex')).toBe(
      ['01', '000000000000000d', '80000001', '68616e647368616b65', '01', '0000000000000006', '80000002', '6f6b'].join(
        '',
      ),
    );
  });

  it('writes all of one tick in one piece, and tells of it once', async () => {
    const { socket, writer, accepted } = setUp(true);
    for (let i = 0; i < 100; i += 1) writer.write(`message ${i}`);
    expect(socket.calls).toEqual([]);
    await tick();
    expect(socket.calls).toHaveLength(1);
    expect(accepted).toEqual([100]);
  });

  it('writes more than a block holds in several pieces', async () => {
    const { socket, writer, accepted } = setUp(true);
    for (let i = 0; i < 20_000; i += 1) writer.write(`message ${i}`);
    await tick();
    expect(Math.max(...socket.calls)).toBeLessThanOrEqual(64 * 1024);
    expect(accepted.reduce((sum, frames) => sum + frames)).toBe(20_000);
    expect(framesIn(socket.read)).toEqual(
      Array.from({ length: 20_000 }, (_, i) => Buffer.from(`message ${i}`).toString('hex')),
    );
  });

  it('takes small blocks for little, and one for a large frame until small ones follow', async () => {
    const { socket, writer } = setUp(true);
    const sizeAfter = async (text: string): Promise<number | undefined> => {
      socket.blocks.clear();
      writer.write(text);
      await tick();
      return [...socket.blocks][0]?.byteLength;
    };
    expect(await sizeAfter('x')).toBe(4 * 1024);
    expect(await sizeAfter('x'.repeat(500_000))).toBe(512 * 1024);
    const [large] = socket.blocks;
    expect(await sizeAfter('x'.repeat(510_000))).toBe(512 * 1024);
    expect(socket.blocks.has(large as ArrayBufferLike)).toBe(true);
    await sizeAfter('x');
    expect(await sizeAfter('x')).toBe(4 * 1024);
  });

  it('uses one block for ever when the kernel keeps up', async () => {
    const { socket, writer } = setUp(true);
    for (let i = 0; i < 200; i += 1) {
      writer.write('x'.repeat(200));
      await tick();
    }
    expect(socket.read.length).toBe(200 * 209);
    expect(socket.blocks.size).toBe(1);
  });

  it('writes a large body and what stood before it in one system call', async () => {
    const { socket, writer, accepted } = setUp(true);
    writer.write('small');
    writer.write(Buffer.alloc(100_000));
    writer.write('small');
    await tick();
    expect(socket.calls.slice(0, 1)).toEqual([14 + 9 + 100_000]);
    expect(accepted).toEqual([3]);
    expect(framesIn(socket.read)).toHaveLength(3);
  });

  it('counts what waits, here and in the socket', async () => {
    const { socket, writer } = setUp(false);
    writer.write('12345');
    expect(writer.pending).toBe(14);
    await tick();
    expect(writer.pending).toBe(14);
    socket.take();
    expect(writer.pending).toBe(0);
  });

  it('tells of frames only when the kernel has them', async () => {
    const { socket, writer, accepted } = setUp(false);
    writer.write('a');
    writer.write('b');
    await tick();
    writer.write('c'.repeat(50_000));
    await tick();
    expect(accepted).toEqual([]);
    socket.take();
    await tick();
    expect(accepted).toEqual([2]);
    while (socket.take());
    await tick();
    expect(accepted).toEqual([2, 1]);
  });

  it('never changes a byte that the socket has not taken yet', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ unit: 'grapheme', minLength: 1_000, maxLength: 6_000, size: 'max' }),
      fc.nat(20_000).map((length) => '€'.repeat(length)),
      fc.nat(40_000).map((length) => 'x'.repeat(length)),
      fc.string({ unit: 'binary-ascii', maxLength: 1_100, size: 'max' }),
      fc.string({ unit: 'binary-ascii', maxLength: 100 }),
      fc.constant('\ud800'),
    );
    const body = fc.oneof({ weight: 3, arbitrary: text }, fc.uint8Array({ maxLength: 25_000, size: 'max' }));
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ body, header: fc.option(fc.uint8Array({ minLength: 4, maxLength: 8 })) }) },
      { weight: 2, arbitrary: fc.constant('tick' as const) },
      { weight: 2, arbitrary: fc.constant('take' as const) },
      { weight: 1, arbitrary: fc.constant('fast' as const) },
      { weight: 1, arbitrary: fc.constant('slow' as const) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { socket, writer, accepted } = setUp(false);
        const sent: string[] = [];
        for (const one of steps) {
          if (one === 'tick') await tick();
          else if (one === 'take') socket.take();
          else if (typeof one === 'string') socket.fast = one === 'fast';
          else {
            const header = one.header === null ? undefined : Buffer.from(one.header);
            writer.write(one.body, header);
            const payload = Buffer.concat([header ?? Buffer.alloc(0), Buffer.from(one.body)]);
            sent.push(frame(payload).subarray(9).toString('hex'));
          }
        }
        do await tick();
        while (socket.take());
        expect(framesIn(socket.read)).toEqual(sent);
        expect(accepted.reduce((a, b) => a + b, 0)).toBe(sent.length);
        expect(writer.pending).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
