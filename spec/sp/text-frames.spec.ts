import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TextFrames, writeLength } from '../../lib/sp/text-frames.js';
import { frame } from '../helpers/raw-peer.js';

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 });
const any = fc.oneof(
  { weight: 3, arbitrary: ascii },
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('é', '€', '😀', '\ud800', '23 °C', ''),
);

function framesOf(bodies: readonly string[]): TextFrames {
  const frames = new TextFrames();
  for (const body of bodies) frames.add(body);
  return frames;
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

describe('frames of text', () => {
  it('are those of the contract, one behind the other', () => {
    fc.assert(
      fc.property(fc.array(ascii), fc.nat(9), (bodies, at) => {
        const frames = framesOf(bodies);
        const block = Buffer.alloc(at + frames.room);
        expect(frames.writeTo(block, at)).toBe(true);
        expect(block.subarray(at, at + frames.bytes)).toEqual(Buffer.concat(bodies.map((body) => frame(body))));
      }),
    );
  });

  it('say so when a character takes more than a byte, however little room there is', () => {
    fc.assert(
      fc.property(fc.array(any), (bodies) => {
        const frames = framesOf(bodies);
        expect(frames.writeTo(Buffer.alloc(frames.room), 0)).toBe(bodies.every(isAscii));
        expect(frames.clear()).toEqual(bodies);
        expect([frames.bytes, frames.clear()]).toEqual([0, []]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a length', () => {
  it.each([0, 1, 127, 128, 255, 256, 65_535, 65_536, 2 ** 24, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 5, 2 ** 53 - 1])(
    'of %d is eight bytes, the largest first',
    (length) => {
      const block = Buffer.alloc(8);
      writeLength(block, 0, length);
      expect(block.readBigUInt64BE()).toBe(BigInt(length));
    },
  );
});
