import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeReply, encodeExec, encodeIsAggregate, encodeValidate } from '../../lib/wire/function.js';
import { decodeBatchReply, encodeBatchReply, encodeExecBatch, isExec } from '../../lib/wire/function-batch.js';

const address = '/tmp/func_echo.ipc';
const context = JSON.stringify({ ruleId: 'rule1', opId: 'op1', instanceId: 0, funcId: 0 });
const reply = (text: string, calls: number) => decodeBatchReply(Buffer.from(text), calls, address);
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a batch of calls', () => {
  it('has the bytes of the contract', () => {
    expect(encodeExecBatch([encodeExec(['a'], 'c1'), encodeExec([], 'c2')])).toBe(
      '{"func":"ExecBatch","args":[["a","c1"],["c2"]]}',
    );
  });

  it('holds the arguments of each call, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.jsonValue()), { minLength: 1 }), (calls) => {
        const batch = encodeExecBatch(calls.map((args) => encodeExec(args, context)));
        const expected = { func: 'ExecBatch', args: calls.map((args) => [...args, context]) };
        expect(JSON.parse(batch)).toEqual(asJson(expected));
      }),
    );
  });

  it('takes Execs only', () => {
    expect(isExec(encodeExec(['Validate'], context))).toBe(true);
    expect(isExec(encodeValidate(['a']))).toBe(false);
    expect(isExec(encodeIsAggregate())).toBe(false);
  });
});

describe('the reply to a batch', () => {
  it('has the bytes of the contract', () => {
    expect(encodeBatchReply({ results: ['1', '"a"'], failed: [] }, 2)).toBe('{"state":true,"results":[1,"a"]}');
    expect(encodeBatchReply({ results: ['"a1"', '"boom"'], failed: [1] }, 4)).toBe(
      '{"state":true,"results":["a1","boom"],"failed":[1],"rest":2}',
    );
  });

  it('gives each call what a single one would have', () => {
    const outcome = fc.record({ value: fc.jsonValue(), fails: fc.boolean() });
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1 }), fc.nat(5), (outcomes, rest) => {
        const results = outcomes.map(({ value }) => JSON.stringify(value));
        const failed = outcomes.flatMap(({ fails }, at) => (fails ? [at] : []));
        const text = encodeBatchReply({ results, failed }, results.length + rest);
        const single = ({ value, fails }: (typeof outcomes)[number]) =>
          decodeReply(Buffer.from(JSON.stringify({ state: !fails, result: value })), address);
        expect(reply(text, results.length + rest)).toEqual({ type: 'results', replies: outcomes.map(single) });
      }),
    );
  });

  it('may say that the whole batch made no sense', () => {
    expect(reply('{"state":false,"result":"no"}', 2)).toEqual({ type: 'failed', result: 'no' });
  });

  it.each([
    ['an empty body', '', /not JSON/],
    ['no JSON', 'handshake', /not JSON/],
    ['null', 'null', /got null$/],
    ['a list', '[1,2]', /got \[1,2\]$/],
    ['the reply to one call', '{"state":true,"result":1}', /expected \{"state":true,"results":\[…\]\}/],
    ['results that are no list', '{"state":true,"results":{"0":1,"1":2,"length":2}}', /expected/],
    ['a state that is no boolean', '{"state":1,"results":[1,2]}', /expected/],
    ['one result too few', '{"state":true,"results":[1]}', /1 results and a rest of 0 for 2 calls$/],
    ['one result too many', '{"state":true,"results":[1,2,3]}', /3 results and a rest of 0 for 2 calls$/],
    ['no result at all', '{"state":true,"results":[],"rest":2}', /0 results and a rest of 2 for 2 calls$/],
    ['a rest that is too large', '{"state":true,"results":[1],"rest":2}', /a rest of 2 for 2 calls$/],
    ['a rest below nothing', '{"state":true,"results":[1,2,3],"rest":-1}', /a rest of -1 for 2 calls$/],
    ['a rest that is a text', '{"state":true,"results":[1],"rest":"1"}', /a rest of "1" for 2 calls$/],
    ['a rest in a list', '{"state":true,"results":[1],"rest":[1]}', /a rest of \[1\] for 2 calls$/],
    ['a failure of nobody', '{"state":true,"results":[1,2],"failed":[2]}', /failed calls that names others/],
    ['a failure before the first', '{"state":true,"results":[1,2],"failed":[-1]}', /failed calls/],
    ['half a failure', '{"state":true,"results":[1,2],"failed":[0.5]}', /failed calls/],
    ['failures that are no list', '{"state":true,"results":[1,2],"failed":{"0":0}}', /failed calls/],
  ])('is invalid when it is %s', (_, text, message) => {
    const error = { code: 'ERR_MESSAGE_INVALID', message: expect.stringMatching(message), details: { path: address } };
    expect(reply(text, 2)).toMatchObject({ type: 'invalid', error });
  });

  it('never throws, and never has more or fewer replies than calls', () => {
    const text = fc.oneof(
      fc.string(),
      fc.record({ state: fc.boolean(), results: fc.jsonValue(), failed: fc.jsonValue(), rest: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 5 }), (body, calls) => {
        const read = reply(typeof body === 'string' ? body : JSON.stringify(body), calls);
        expect(read.type).toMatch(/^(results|failed|invalid)$/);
        if (read.type !== 'results') return;
        expect(read.replies.length).toBeGreaterThan(0);
        expect(read.replies.length).toBeLessThanOrEqual(calls);
      }),
    );
  });
});
