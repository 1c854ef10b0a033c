import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  COMPLETE_FRAME,
  decodeSourceFrame,
  encodeSourceError,
  encodeTuple,
  type SourceFrame,
  SourceMessage,
} from '../../lib/wire/source.js';

const decode = (text: string): SourceFrame => decodeSourceFrame(text, '/tmp/x.ipc');

const invalid = (message: RegExp): object => ({
  type: 'invalid',
  error: { code: 'ERR_MESSAGE_INVALID', message: expect.stringMatching(message), details: { path: '/tmp/x.ipc' } },
});

describe('a frame of a source', () => {
  it.each([
    ['of Go', '{"message":{"i":0},"meta":null}', { i: 0 }, {}],
    ['of Python', '{"message": {"i": 0}, "meta": {"k": "v"}}', { i: 0 }, { k: 'v' }],
    ['without meta', '{"message":{"i":0}}', { i: 0 }, {}],
    ['with null', '{"message":null,"meta":null}', null, {}],
    ['with a number', '{"message":5}', 5, {}],
    ['with a list', '{"message":[1,[2]],"meta":{}}', [1, [2]], {}],
    [
      'with what Python calls numbers',
      '{"message": {"a": NaN, "b": -Infinity}, "meta": {}}',
      { a: NaN, b: -Infinity },
      {},
    ],
    ['with more keys than expected', '{"message":1,"more":2,"meta":{"a":{"b":1}}}', 1, { a: { b: 1 } }],
  ])('%s is a tuple', (_, text, message, meta) => {
    expect(decode(text)).toEqual({ type: 'tuple', message, meta });
    expect(decodeSourceFrame(Buffer.from(text), 'x')).toEqual({ type: 'tuple', message, meta });
  });

  it.each([
    ['of Python', '{"error": "boom"}', 'boom'],
    ['of Go, a string with JSON in it', '"{\\"error\\":\\"boom\\"}"', 'boom'],
    [
      'of Go, with quotes that Go does not escape',
      String.raw`"{\"error\":\"no \"quoted\" text\"}"`,
      'no "quoted" text',
    ],
    ['that is any string', '"boom"', 'boom'],
    ['that is an empty string', '""', ''],
    ['in a string with other JSON in it', '"[1]"', '[1]'],
    ['that is an object', '{"error":{"code":5}}', '{"code":5}'],
    ['beside a message', '{"message":1,"error":"boom"}', 'boom'],
    ['that is null', '{"error":null}', 'null'],
  ])('%s is an error', (_, text, expected) => {
    expect(decode(text)).toEqual({ type: 'error', text: expected });
  });

  it.each<[string, number | undefined]>([
    ['5', 5],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['0', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e300', undefined],
    ['"5"', undefined],
    ['null', undefined],
    ['NaN', undefined],
    ['[5]', undefined],
  ])('says with "dropped":%s that it has dropped %p', (said, dropped) => {
    const frame = { type: 'error', text: 'boom', ...(dropped !== undefined && { dropped }) };
    expect(decode(`{"error":"boom","dropped":${said}}`)).toStrictEqual(frame);
  });

  it('can be the last', () => {
    expect(COMPLETE_FRAME).toBe('{"complete":true}');
    expect(decode(COMPLETE_FRAME)).toEqual({ type: 'complete' });
    expect(decode('{"complete":true,"message":1}')).toMatchObject({ type: 'tuple' });
  });

  it.each([
    ['nothing', '', /not JSON: Unexpected end of JSON input/],
    ['no JSON', 'boom', /^\/tmp\/x\.ipc: not JSON: Unexpected token/],
    ['half of it', '{"message":{"i":', /not JSON: /],
    ['null', 'null', /expected \{"message":…,"meta":…\}, got null/],
    ['a number', '5', /got 5$/],
    ['NaN', 'NaN', /got NaN$/],
    ['a list', '[{"message":1}]', /got \[\{"message":1\}\]/],
    ['no message', '{"meta":{}}', /got \{"meta":\{\}\}/],
    ['another completion', '{"complete":"yes"}', /got \{"complete":"yes"\}/],
    ['a meta that is a list', '{"message":1,"meta":[]}', /got \{"message":1,"meta":\[\]\}/],
    ['a meta that is a string', '{"message":1,"meta":"m"}', /got \{"message":1,"meta":"m"\}/],
    ['only a prototype', '{"__proto__":{"message":1}}', /got \{"__proto__"/],
  ])('of %s is invalid, and says why', (_, text, message) => {
    expect(decode(text)).toMatchObject(invalid(message));
  });

  it('shows no more than the beginning of what is invalid', () => {
    const frame = decode(`{"other":"${'x'.repeat(1_000_000)}"}`);
    expect(frame.type === 'invalid' && frame.error.message.length).toBeLessThan(300);
  });

  it('takes a key called __proto__ as any other', () => {
    const frame = decode('{"message":{"__proto__":{"polluted":1}},"meta":{"__proto__":{"polluted":1}},"__proto__":{}}');
    expect(frame.type).toBe('tuple');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    const { message, meta } = frame as Extract<SourceFrame, { type: 'tuple' }>;
    for (const one of [message, meta]) expect((one as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('is a tuple exactly when the codec says so', () => {
    const key = fc.constantFrom('message', 'meta', 'x', '__proto__');
    const value = fc.oneof(fc.jsonValue(), fc.constant({}), fc.constant([]), fc.constant(null));
    const frames = fc.oneof(fc.jsonValue(), fc.array(fc.tuple(key, value)).map(ownEntries));
    fc.assert(
      fc.property(frames, (frame) => {
        const text = JSON.stringify(frame);
        const parsed: unknown = JSON.parse(text);
        fc.pre(typeof parsed !== 'string');
        expect(decode(text).type === 'tuple').toBe(SourceMessage.is(parsed));
      }),
      { numRuns: 1_000 },
    );
  });

  it('never throws on bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(decodeSourceFrame(Buffer.from(bytes), 'x').type).toMatch(/^(tuple|error|complete|invalid)$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['of lists', '['.repeat(200_000) + ']'.repeat(200_000)],
    ['of objects', '{"a":'.repeat(200_000) + '1' + '}'.repeat(200_000)],
    ['as an error', `{"error":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['with NaN', '['.repeat(200_000) + 'NaN' + ']'.repeat(200_000)],
    ['in a string', JSON.stringify(`{"error":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)],
    ['unfinished', '['.repeat(200_000)],
  ])('never throws on a pile %s', (_, text) => {
    expect(decode(text).type).toMatch(/^(error|invalid)$/);
  });

  it('is read by a parser of the user, who may answer anything', () => {
    const parse = (text: string): unknown => JSON.parse(text, (_, value: unknown) => (value === 7 ? 7n : value));
    expect(decodeSourceFrame('{"message":{"id":7}}', 'x', parse)).toMatchObject({ message: { id: 7n } });
    expect(decodeSourceFrame('{"error":7}', 'x', parse)).toMatchObject({ type: 'error' });
    expect(decodeSourceFrame('[7]', 'x', parse)).toMatchObject({ type: 'invalid' });
    for (const odd of [undefined, Symbol('x'), () => 1, Object.create(null) as unknown, 7n])
      expect(decodeSourceFrame('x', 'x', () => odd)).toMatchObject({ type: 'invalid' });
    for (const [thrown, text] of [
      ['a string', 'a string'],
      [undefined, 'undefined'],
      [Object.create(null), '{}'],
    ]) {
      const thrower = (): never => {
        throw thrown;
      };
      expect(decodeSourceFrame('x', 'x', thrower)).toMatchObject({ error: { message: `x: not JSON: ${text}` } });
    }
  });
});

describe('what our SDK sends', () => {
  it('is what Go sends', () => {
    expect(encodeTuple({ i: 0 }, null)).toBe('{"message":{"i":0},"meta":null}');
    expect(encodeTuple({ i: 0 }, { k: 'v' })).toBe('{"message":{"i":0},"meta":{"k":"v"}}');
    expect(encodeSourceError('boom')).toBe('{"error":"boom"}');
    expect(encodeSourceError('boom', 5)).toBe('{"error":"boom","dropped":5}');
  });

  it('arrives', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.option(fc.dictionary(fc.string(), fc.jsonValue())), (message, meta) => {
        const sent = JSON.parse(encodeTuple(message, meta)) as { message: unknown; meta: object | null };
        expect(decode(encodeTuple(message, meta))).toEqual({
          type: 'tuple',
          message: sent.message,
          meta: sent.meta ?? {},
        });
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decode(encodeSourceError(text))).toEqual({ type: 'error', text });
      }),
    );
  });

  it('holds a lone surrogate as an escape', () => {
    const text = encodeTuple({ s: '\ud800' }, null);
    expect(text).toBe('{"message":{"s":"\\ud800"},"meta":null}');
    expect(decodeSourceFrame(Buffer.from(text), 'x')).toMatchObject({ message: { s: '\ud800' } });
  });
});

/** An object with these keys of its own, `__proto__` too. */
function ownEntries(entries: readonly (readonly [string, unknown])[]): object {
  const object = {};
  for (const [key, value] of entries)
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
  return object;
}
