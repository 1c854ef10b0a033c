import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RxportError } from '../../lib/errors.js';
import { FrameDecoder } from '../../lib/sp/frame-decoder.js';
import { frame } from '../helpers/raw-peer.js';

const LIMIT = 100_000;

const payloads = fc.array(
  fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 100, maxLength: 3_000, size: 'max' })),
  { maxLength: 12 },
);

/** Cuts `bytes` at the given places, each a part of the whole. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map((place) => Math.floor(place * bytes.length)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

function decodeAll(decoder: FrameDecoder, chunks: readonly Buffer[]): Buffer[] {
  const frames: Buffer[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    for (let next = decoder.next(); next !== undefined; next = decoder.next()) frames.push(next);
  }
  return frames;
}

const hex = (frames: readonly Uint8Array[]): string[] => frames.map((one) => Buffer.from(one).toString('hex'));

describe('the frame decoder', () => {
  it('gives the same frames however the stream is cut', () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (bodies, places) => {
        const decoder = new FrameDecoder('x', LIMIT);
        const chunks = cut(Buffer.concat(bodies.map((body) => frame(body))), places);
        expect(hex(decodeAll(decoder, chunks))).toEqual(hex(bodies));
        expect(decoder.buffered).toBe(0);
        expect(decoder.truncated).toBe(false);
      }),
    );
  });

  it('gives the same frames byte by byte', () => {
    const bodies = ['', 'a', 'ä€🚀', 'x'.repeat(300)].map((text) => Buffer.from(text));
    const stream = Buffer.concat(bodies.map((body) => frame(body)));
    const bytes = [...stream].map((byte) => Buffer.from([byte]));
    expect(hex(decodeAll(new FrameDecoder('x', LIMIT), bytes))).toEqual(hex(bodies));
  });

  it('gives all frames of one chunk', () => {
    const chunk = Buffer.concat([frame('first'), frame(''), frame('second')]);
    expect(decodeAll(new FrameDecoder('x', LIMIT), [chunk]).map(String)).toEqual(['first', '', 'second']);
  });

  it('gives text as it gives bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.array(fc.string()), fc.array(fc.string({ unit: 'binary' }))),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (texts, place) => {
          const decoder = new FrameDecoder('x', LIMIT);
          const got: string[] = [];
          for (const chunk of cut(Buffer.concat(texts.map((text) => frame(text))), [place])) {
            decoder.push(chunk);
            for (let next = decoder.nextText(); next !== undefined; next = decoder.nextText()) got.push(next);
          }
          expect(got).toEqual(texts.map((text) => Buffer.from(text).toString()));
        },
      ),
    );
  });

  it('never writes into memory of which somebody has a view', () => {
    const body = fc.record({ text: fc.nat(30_000).map((length) => 'x'.repeat(length)), asText: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(body, { maxLength: 12 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        (bodies, places) => {
          const marked = bodies.map(({ text, asText }, i) => ({ text: `${i}${text}`, asText }));
          const decoder = new FrameDecoder('x', LIMIT);
          const got: (string | Buffer)[] = [];
          const take = (): string | Buffer | undefined =>
            marked[got.length]?.asText === true ? decoder.nextText() : decoder.next();
          for (const chunk of cut(Buffer.concat(marked.map(({ text }) => frame(text))), places)) {
            decoder.push(chunk);
            for (let next = take(); next !== undefined; next = take()) got.push(next);
          }
          expect(got.map(String)).toEqual(marked.map(({ text }) => text));
        },
      ),
    );
  });

  it.each([
    { as: 'text', size: 500_000, allocated: 1 },
    { as: 'bytes', size: 500_000, allocated: 20 },
    { as: 'text', size: 2_000_000, allocated: 20 },
  ])(
    'takes memory $allocated times for 20 frames of $size bytes that are asked for as $as',
    ({ as, size, allocated }) => {
      const decoder = new FrameDecoder('x', 2 ** 30);
      const wholes = Array.from({ length: 20 }, (_, i) => frame('x'.repeat(size + i)));
      const allocate = jest.spyOn(Buffer, 'allocUnsafeSlow');
      try {
        for (const [i, whole] of wholes.entries()) {
          decoder.push(whole.subarray(0, 100));
          expect(decoder.next()).toBeUndefined();
          decoder.push(whole.subarray(100));
          expect((as === 'text' ? decoder.nextText() : decoder.next())?.length).toBe(size + i);
        }
        expect(allocate).toHaveBeenCalledTimes(allocated);
      } finally {
        allocate.mockRestore();
      }
    },
  );

  it('keeps no frame that it has handed on', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const decoder = new FrameDecoder('x', 2 ** 30);
    const whole = frame('x'.repeat(5_000_000));
    const handedOn = (): WeakRef<ArrayBufferLike> => {
      decoder.push(whole.subarray(0, 100));
      expect(decoder.next()).toBeUndefined();
      decoder.push(whole.subarray(100));
      return new WeakRef((decoder.next() as Buffer).buffer);
    };
    const large = handedOn();
    decoder.push(frame('small'));
    expect(String(decoder.next())).toBe('small');
    // What was made in a turn of the loop can be collected after it.
    await new Promise(setImmediate);
    collect();
    expect(large.deref()).toBeUndefined();
  });

  it('can be asked after frames were left behind a pause', () => {
    const decoder = new FrameDecoder('x', LIMIT);
    decoder.push(Buffer.concat([frame('1'), frame('2'), frame('3').subarray(0, 5)]));
    expect(String(decoder.next())).toBe('1');
    decoder.push(Buffer.concat([frame('3').subarray(5), frame('4')]));
    expect([2, 3, 4].map(() => String(decoder.next()))).toEqual(['2', '3', '4']);
    expect(decoder.next()).toBeUndefined();
  });

  it('knows when it stands within a frame', () => {
    const decoder = new FrameDecoder('x', LIMIT);
    const whole = frame('payload');
    for (const [bytes, truncated] of [
      [1, true],
      [9, true],
      [15, true],
      [16, false],
    ] as const) {
      const fresh = new FrameDecoder('x', LIMIT);
      decodeAll(fresh, [whole.subarray(0, bytes)]);
      expect({ bytes, truncated: fresh.truncated }).toEqual({ bytes, truncated });
    }
    expect(decoder.truncated).toBe(false);
  });

  it('takes a frame of the largest size and refuses one byte more', () => {
    const decoder = new FrameDecoder('/tmp/x.ipc', 10);
    expect(decodeAll(decoder, [frame('0123456789')]).map(String)).toEqual(['0123456789']);
    expect(() => decodeAll(decoder, [frame('0123456789a')])).toThrow(
      expect.objectContaining({
        code: 'ERR_FRAME_TOO_LARGE',
        message: '/tmp/x.ipc: a frame of 11 bytes is over the limit of 10',
      }),
    );
  });

  it.each([2n ** 31n, 2n ** 32n, 2n ** 32n + 5n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n])(
    'refuses a length of %d before it allocates anything',
    (length) => {
      const decoder = new FrameDecoder('x', 64 * 1024 * 1024);
      const before = process.memoryUsage().arrayBuffers;
      decoder.push(frame('payload', length));
      expect(() => decoder.next()).toThrow(expect.objectContaining({ code: 'ERR_FRAME_TOO_LARGE' }));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    },
  );

  it('refuses what does not start with 1, at its first byte', () => {
    const decoder = new FrameDecoder('x', LIMIT);
    decoder.push(Buffer.from([2]));
    expect(() => decoder.next()).toThrow(
      expect.objectContaining({ code: 'ERR_FRAME_INVALID', message: 'x: a frame starts with byte 2, expected 1' }),
    );
  });

  it('throws nothing but coded errors, whatever comes', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => Uint8Array.from([1, ...bytes])),
      fc
        .tuple(fc.uint8Array(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }))
        .map(([body, length]) => frame(body, length)),
    );
    fc.assert(
      fc.property(fc.array(noise), (chunks) => {
        const decoder = new FrameDecoder('x', 1_000);
        try {
          decodeAll(
            decoder,
            chunks.map((chunk) => Buffer.from(chunk)),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(RxportError);
          expect(['ERR_FRAME_INVALID', 'ERR_FRAME_TOO_LARGE']).toContain((error as RxportError).code);
        }
      }),
      { numRuns: 500 },
    );
  });
});
