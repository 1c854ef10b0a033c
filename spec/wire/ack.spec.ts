import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ACK, decodeAck, encodeNack } from '../../lib/wire/ack.js';

const decode = (text: string): string | undefined => decodeAck(Buffer.from(text));

describe('an ack', () => {
  it('has the bytes of the contract', () => {
    expect(ACK).toBe('{}');
    expect(encodeNack('text')).toBe('{"error":"text"}');
  });

  it.each(['{}', '{ }', '{"error":""}', '{"error":null}', '{"ok":true}', '[]', '{"__proto__":{"error":"x"}}'])(
    'says with %s that all is well',
    (text) => {
      expect(decode(text)).toBeUndefined();
    },
  );

  it.each([
    ['{"error":"disk full"}', 'disk full'],
    ['{"error": "disk full"}', 'disk full'],
    ['{"error":{"code":5}}', '{"code":5}'],
    ['{"error":false}', 'false'],
    ['"disk full"', '"disk full"'],
    ['null', 'null'],
    ['disk full', 'disk full'],
    ['{"error":NaN}', '{"error":NaN}'],
    ['', 'an empty ack'],
  ])('says with %s what went wrong', (text, problem) => {
    expect(decode(text)).toBe(problem);
  });

  it('gives back the text of an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        expect(decode(encodeNack(text))).toBe(text);
      }),
    );
  });

  it('never throws, and shows no more than the beginning of garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        decodeAck(Buffer.from(bytes));
      }),
    );
    expect(decode('x'.repeat(1_000_000))).toHaveLength(201);
    expect(typeof decode(`{"error":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).toBe('string');
  });
});
