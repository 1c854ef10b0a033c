import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeSourceBatch, decodeSourceFrame, encodeMessage, encodeTuple } from '../../lib/wire/source.js';
import { encodeTuples, isBatch, splitList } from '../../lib/wire/source-batch.js';

const address = '/tmp/r_o_0.ipc';
const Meta = fc.oneof(fc.constant(null), fc.dictionary(fc.string(), fc.jsonValue()));
const Tuple = fc.record({ message: fc.jsonValue(), meta: Meta });
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('several tuples in one frame', () => {
  it('have the bytes of the contract; one is a frame as ever', () => {
    const texts = [encodeTuple({ i: 0 }, null), encodeTuple(1, { a: 1 }), encodeMessage('"x"')];
    expect(encodeTuples(texts)).toBe('[{"message":{"i":0},"meta":null},{"message":1,"meta":{"a":1}},{"message":"x"}]');
    expect(encodeTuples(texts.slice(0, 1))).toBe('{"message":{"i":0},"meta":null}');
  });

  it('are told from one, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(Tuple, { minLength: 1 }), (tuples) => {
        const texts = tuples.map(({ message, meta }) => encodeTuple(message, meta));
        expect(isBatch(encodeTuples(texts))).toBe(tuples.length > 1);
      }),
    );
  });

  it.each([
    ['at once', undefined],
    ['one by one, by a parser of the user', (text: string): unknown => JSON.parse(text)],
  ])('are read back as they would be alone: %s', (_, parse) => {
    fc.assert(
      fc.property(fc.array(Tuple, { minLength: 2 }), (tuples) => {
        const texts = tuples.map(({ message, meta }) => encodeTuple(message, meta));
        const alone = texts.map((text) => decodeSourceFrame(text, address));
        expect(decodeSourceBatch(encodeTuples(texts), address, parse)).toEqual(alone);
      }),
    );
  });

  it('know the numbers of Python', () => {
    expect(decodeSourceBatch('[{"message":NaN},{"message":1}]', address)).toMatchObject([
      { message: NaN },
      { message: 1 },
    ]);
  });

  it('are parsed one by one where the user does, and fail one by one', () => {
    const seen: string[] = [];
    const parse = (text: string): unknown => {
      seen.push(text);
      if (text.includes('bad')) throw new Error('bad');
      return { message: BigInt(/\d+/.exec(text)?.[0] ?? 0) };
    };
    const text = '[{"message":9007199254740993}, {"message":"bad ], \\" [{"},{"message":[1,{"a":2}]}]';
    expect(decodeSourceBatch(text, address, parse)).toMatchObject([
      { type: 'tuple', message: 9007199254740993n },
      { type: 'invalid' },
      { type: 'tuple', message: 1n },
    ]);
    expect(seen).toEqual(['{"message":9007199254740993}', ' {"message":"bad ], \\" [{"}', '{"message":[1,{"a":2}]}']);
  });

  it.each([
    ['no JSON', '[{"message":1},', /not JSON/],
    ['two lists', '[{"message":1}][{"message":2}]', /not JSON/],
    ['nothing', '[]', /expected \{"message":…,"meta":…\}, got \[\]$/],
  ])('are one frame that can not be read when they are %s', (_, text, message) => {
    const invalid = {
      type: 'invalid',
      error: { code: 'ERR_MESSAGE_INVALID', message: expect.stringMatching(message) },
    };
    expect(decodeSourceBatch(text, address)).toMatchObject([invalid]);
    expect(decodeSourceBatch(text, address, (part) => JSON.parse(part))).toMatchObject([{ type: 'invalid' }]);
  });

  it.each([
    ['a number', '5', /got 5$/],
    ['null', 'null', /got null$/],
    ['a list', '[{"message":1}]', /got \[\{"message":1\}\]$/],
    ['no message', '{"messages":1}', /got \{"messages":1\}$/],
    ['a meta that is a list', '{"message":1,"meta":[]}', /got \{"message":1,"meta":\[\]\}$/],
  ])('lose none for one that is %s', (_, odd, message) => {
    const frames = decodeSourceBatch(`[{"message":1},${odd},{"message":2}]`, address);
    expect(frames.map(({ type }) => type)).toEqual(['tuple', 'invalid', 'tuple']);
    expect(frames[1]).toMatchObject({ error: { message: expect.stringMatching(message) } });
  });

  it('never throw, and are never less than one', () => {
    const hostile = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(fc.constantFrom('[', ']', '{', '}', ',', '"', '\\', '1')),
    );
    fc.assert(
      fc.property(hostile, (body) => {
        const text = `[${typeof body === 'string' ? body : body.join('')}`;
        expect(decodeSourceBatch(text, address).length).toBeGreaterThan(0);
        expect(decodeSourceBatch(text, address, (part) => JSON.parse(part)).length).toBeGreaterThan(0);
      }),
    );
    expect(decodeSourceBatch('['.repeat(200_000), address)).toHaveLength(1);
  });
});

describe('the values of a list', () => {
  it('are split where JSON has them', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { minLength: 1 }), fc.nat(3), (list, indent) => {
        const parts = splitList(JSON.stringify(list, undefined, indent)) ?? [];
        expect(parts.map((part) => JSON.parse(part) as unknown)).toEqual(asJson(list));
      }),
    );
  });

  it.each(['[', '[1', '["a]', '[1]]', '[1] x', '[{"a":1'])('are none in %s', (text) => {
    expect(splitList(text)).toBeUndefined();
  });
});
