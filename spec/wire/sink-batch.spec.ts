import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodePayloads, type Payload, SinkFrame } from '../../lib/wire/sink-batch.js';

const MAGIC = '\u0001rxbatch';
const address = '/tmp/r_o_0.ipc';

const Text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json());
const Plain: fc.Arbitrary<Payload> = fc.oneof(Text, fc.uint8Array());
/** Of which some begin like a batch, or are one. */
const Any: fc.Arbitrary<Payload> = fc.oneof(
  { weight: 3, arbitrary: Plain },
  { weight: 1, arbitrary: Plain.map((one) => Buffer.concat([Buffer.from(MAGIC), Buffer.from(one)])) },
  { weight: 1, arbitrary: Text.map((one) => MAGIC + one) },
  { weight: 1, arbitrary: fc.array(Plain, { minLength: 1 }).map(encodePayloads) },
);

const bytesOf = (payload: Payload): Buffer => Buffer.from(payload);
const read = (frame: Payload): SinkFrame => SinkFrame.read(bytesOf(frame), address);
const u32 = (...values: readonly number[]): Buffer =>
  Buffer.concat(values.map((value) => Buffer.from(Uint32Array.of(value).buffer).reverse()));
const framed = (...parts: readonly Payload[]): Buffer => Buffer.concat([MAGIC, ...parts].map(bytesOf));

function valuesOf(frame: SinkFrame): { readonly bytes: Buffer; readonly text: string }[] {
  const values = [];
  while (frame.next()) values.push({ bytes: frame.bytes(), text: frame.text() });
  return values;
}

describe('several values for a sink in one frame', () => {
  it('have the bytes of the contract', () => {
    expect(encodePayloads(['{"i":1}', '2'])).toEqual(framed(u32(2, 7, 1), '{"i":1}2'));
    expect(encodePayloads(['ä', Uint8Array.of(0xff), ''])).toEqual(framed(u32(3, 2, 1, 0), 'ä', Uint8Array.of(0xff)));
  });

  it('are as ever when it is one, unless that begins like a batch', () => {
    const bytes = Uint8Array.of(1, 2, 3);
    expect(encodePayloads(['{"i":1}'])).toBe('{"i":1}');
    expect(encodePayloads([bytes])).toBe(bytes);
    expect(encodePayloads([MAGIC])).toEqual(framed(u32(1, 8), MAGIC));
    expect(encodePayloads([bytesOf(`${MAGIC}x`)])).toEqual(framed(u32(1, 9), `${MAGIC}x`));
  });

  it('are read back byte for byte, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(Any, { minLength: 1, maxLength: 40 }), (payloads) => {
        const expected = payloads.map((one) => ({ bytes: bytesOf(one), text: bytesOf(one).toString() }));
        const frame = read(encodePayloads(payloads));
        expect(frame.isBatch).toBe(payloads.length > 1);
        expect(valuesOf(frame)).toEqual(expected);
      }),
    );
  });

  it('do not join the halves of a character that two of them hold', () => {
    expect(valuesOf(read(encodePayloads(['\ud83d', '\ude00']))).map(({ text }) => text)).toEqual(['\ufffd', '\ufffd']);
  });

  it('are one value to who knows no batches', () => {
    const frame = bytesOf(encodePayloads(['a', 'b']));
    expect(valuesOf(SinkFrame.alone(frame))).toEqual([{ bytes: frame, text: frame.toString() }]);
  });
});

describe('a frame that begins like a batch', () => {
  it.each<[string, Buffer]>([
    ['ends behind its name', framed()],
    ['ends in its count', framed(Buffer.of(0, 0, 0))],
    ['has no values', framed(u32(0))],
    ['has no values, and more', framed(u32(0), 'x')],
    ['ends in its lengths', framed(u32(3, 1, 1))],
    ['ends in a value', framed(u32(2, 1, 2), 'ab')],
    ['goes on behind its values', framed(u32(2, 1, 1), 'abc')],
    ['counts what no frame holds', framed(u32(0xffff_ffff), 'ab')],
    ['has a length that no frame has', framed(u32(2, 0xffff_ffff, 2), 'ab')],
  ])('can not be read when it %s', (_, frame) => {
    const message = expect.stringMatching(
      /^\/tmp\/r_o_0\.ipc: a batch of \d+ values that ends at byte \d+, in \d+ bytes$/,
    );
    expect(() => read(frame)).toThrow(expect.objectContaining({ code: 'ERR_MESSAGE_INVALID', message }));
  });

  it('is whole or not read at all, wherever it is cut', () => {
    const whole = bytesOf(encodePayloads(['{"i":1}', 'ä', '']));
    for (let length = MAGIC.length; length < whole.length; length += 1)
      expect(() => read(whole.subarray(0, length))).toThrow(/a batch of/);
    expect(valuesOf(read(whole))).toHaveLength(3);
  });
});
