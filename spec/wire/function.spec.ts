import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  CallContext,
  decodeReply,
  decodeRequest,
  encodeExec,
  encodeFailure,
  encodeIsAggregate,
  encodeResult,
  encodeValidate,
} from '../../lib/wire/function.js';

const address = '/tmp/func_echo.ipc';
const context = JSON.stringify({ ruleId: 'rule1', opId: 'op1', instanceId: 0, funcId: 0 });
const reply = (text: string) => decodeReply(Buffer.from(text), address);

const invalid = (message: RegExp): object => ({
  type: 'invalid',
  error: { code: 'ERR_MESSAGE_INVALID', message: expect.stringMatching(message), details: { path: address } },
});

describe('a request to a function', () => {
  it('has the bytes of the contract', () => {
    expect(encodeValidate([])).toBe('{"func":"Validate","arg":[]}');
    expect(encodeValidate([1, 'a'])).toBe('{"func":"Validate","arg":[1,"a"]}');
    expect(encodeIsAggregate()).toBe('{"func":"IsAggregate","arg":null}');
    expect(encodeExec(['a1'], context)).toBe(
      String.raw`{"func":"Exec","arg":["a1","{\"ruleId\":\"rule1\",\"opId\":\"op1\",\"instanceId\":0,\"funcId\":0}"]}`,
    );
    expect(encodeExec([], context)).toMatch(/^\{"func":"Exec","arg":\["\{/);
  });

  it('is read back, the context last', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (args) => {
        const { func, arg } = decodeRequest(encodeExec(args, context), address);
        const list = arg as unknown[];
        expect({ func, args: list.slice(0, -1) }).toEqual({ func: 'Exec', args: JSON.parse(JSON.stringify(args)) });
        expect(CallContext.is(JSON.parse(list.at(-1) as string))).toBe(true);
      }),
    );
  });

  it('holds what has no JSON as null, so that the number of arguments stays', () => {
    expect(encodeExec([undefined, NaN, () => 1], 'c')).toBe('{"func":"Exec","arg":[null,null,null,"c"]}');
  });

  it.each([
    ['no JSON', 'handshake', /^\/tmp\/func_echo\.ipc: not JSON/],
    ['no function', '{"arg":[]}', /Invalid value undefined supplied to : .*\/func: string/],
    ['a list', '[]', /Invalid value \[\] supplied to/],
  ])('is refused with the path of what is wrong: %s', (_, text, message) => {
    expect(() => decodeRequest(text, address)).toThrow(
      expect.objectContaining({ code: 'ERR_MESSAGE_INVALID', message: expect.stringMatching(message) }),
    );
  });
});

describe('a reply of a function', () => {
  it.each([
    ['a result', '{"state":true,"result":"a1"}', { type: 'result', result: 'a1' }],
    ['a failure', '{"state":false,"result":"error text"}', { type: 'failed', result: 'error text' }],
    ['the error value of Go, whose text is lost', '{"state":false,"result":{}}', { type: 'failed', result: {} }],
    ['None of Python', '{"state": false, "result": null}', { type: 'failed', result: null }],
    ['no result', '{"state":true}', { type: 'result', result: undefined }],
    ['a number of Python', '{"state": true, "result": NaN}', { type: 'result', result: NaN }],
    ['a list', '{"state":true,"result":[1,{"a":Infinity}]}', { type: 'result', result: [1, { a: Infinity }] }],
    ['more keys', '{"more":1,"state":true,"result":1}', { type: 'result', result: 1 }],
  ])('may be %s', (_, text, expected) => {
    expect(reply(text)).toEqual(expected);
  });

  it.each([
    ['an empty body', '', /an empty reply: the function returned what JSON can not hold$/],
    ['no JSON', 'handshake', /^\/tmp\/func_echo\.ipc: not JSON: /],
    ['null', 'null', /expected \{"state":…,"result":…\}, got null$/],
    ['a text', '"no"', /got "no"$/],
    ['no state', '{"result":1}', /got \{"result":1\}$/],
    ['a state that is no boolean', '{"state":"true","result":1}', /got \{"state":"true"/],
    ['a state behind __proto__', '{"__proto__":{"state":true,"result":1}}', /got \{"__proto__"/],
  ])('is invalid when it is %s', (_, text, message) => {
    expect(reply(text)).toMatchObject(invalid(message));
  });

  it('never throws on bytes, nor on a pile', () => {
    const types = /^(result|failed|invalid)$/;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(decodeReply(Buffer.from(bytes), address).type).toMatch(types);
      }),
    );
    const pile = '['.repeat(200_000) + ']'.repeat(200_000);
    expect(reply(pile).type).toBe('invalid');
    expect(reply(`{"state":false,"result":${pile}}`).type).toBe('failed');
    const long = reply(`{"x":"${'x'.repeat(100_000)}"}`);
    expect(long.type === 'invalid' && long.error.message.length).toBeLessThan(300);
  });

  it('of our SDK is what Go sends', () => {
    expect(encodeResult('a1')).toBe('{"state":true,"result":"a1"}');
    expect(encodeFailure('error text')).toBe('{"state":false,"result":"error text"}');
    fc.assert(
      fc.property(fc.jsonValue(), (result) => {
        const sent: unknown = JSON.parse(JSON.stringify(result));
        expect(reply(encodeResult(result))).toEqual({ type: 'result', result: sent });
      }),
    );
    expect(reply(encodeResult(undefined))).toEqual({ type: 'result', result: undefined });
    expect(reply(encodeFailure('"quoted" \ud800'))).toEqual({ type: 'failed', result: '"quoted" \ud800' });
  });
});
