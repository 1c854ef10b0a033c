import { describe, expect, it } from '@jest/globals';
import { isBalanced } from '../../lib/stage.js';
import { type FakeCall, fakeCall, type FakeOptions, result } from '../helpers/fake-call.js';
import { none } from '../helpers/none.js';

const send = (call: FakeCall, ...values: readonly number[]): void => values.forEach((value) => call.input.next(value));
/** 11 and 12 have the key 1, 21 the key 2. */
const keyed = (options: FakeOptions = {}): FakeCall =>
  fakeCall({ key: (value) => Math.floor(value / 10), concurrency: 3, ...options });

describe('a call with a key', () => {
  it('has one call of each key out, and lets those of others go past', () => {
    const call = keyed();
    send(call, 11, 12, 21, 13, 31);
    expect(call.args()).toEqual([11, 21, 31]);
    expect(call.out.map(({ key }) => key)).toEqual([1, 2, 3]);
    call.answer(1, result('b'));
    expect(call.args()).toEqual([11, 31]);
    call.answer(0, result('a'));
    expect([call.args(), call.output]).toEqual([
      [31, 12],
      ['b', 'a'],
    ]);
    expect(call.stage.counts()).toMatchObject({ received: 5, passed: 2, inFlight: 3 });
  });

  it('gives results in the order of the input where that is asked for', () => {
    const call = keyed({ order: 'input' });
    send(call, 11, 12, 21);
    expect(call.args()).toEqual([11, 21]);
    call.answer(1, result('c'));
    expect(call.output).toEqual([]);
    call.answer(0, result('a'));
    expect(call.output).toEqual(['a']);
    call.answer(0, result('b'));
    expect(call.output).toEqual(['a', 'b', 'c']);
    expect(call.stage.counts()).toMatchObject({ received: 3, passed: 3, inFlight: 0 });
  });

  it('has four times as many calls out as without, since keys are spread by chance', () => {
    const call = fakeCall({ key: (value) => value });
    call.capacity = 3;
    send(call, ...Array.from({ length: 20 }, (_, i) => i));
    expect(call.out).toHaveLength(12);
  });

  it.each([
    ['throws', () => boom(), 'ERR_USER_FUNCTION'],
    ['gives neither text nor number', () => undefined as never, 'ERR_VALUE_INVALID'],
  ])('whose key %s goes by onError', (_, broken, code) => {
    const call = keyed({ key: (value) => (value === 12 ? broken() : 1) });
    send(call, 11, 12);
    call.input.complete();
    expect(call.stage.counts()).toMatchObject({ received: 2, failed: { [code]: 1 }, inFlight: 1 });
    expect(call.news).toMatchObject([{ type: 'error', error: { code } }]);
    call.answer(0, result('a'));
    expect(call.output).toEqual(['a', 'done']);
  });

  it('whose key throws gives what onError makes of it in its turn', () => {
    const key = (value: number): number => (value === 12 ? boom() : 1);
    const call = keyed({ key, order: 'input', onError: (error) => error.code });
    send(call, 11, 12, 13);
    expect(call.output).toEqual([]);
    call.answer(0, result('a'));
    expect(call.output).toEqual(['a', 'ERR_USER_FUNCTION']);
    call.answer(0, result('c'));
    expect(call.output).toEqual(['a', 'ERR_USER_FUNCTION', 'c']);
    expect(call.stage.counts()).toMatchObject({ received: 3, passed: 3, failed: none, inFlight: 0 });
  });

  it('bounds what waits with a key that throws, too', () => {
    const call = keyed({
      key: boom,
      order: 'input',
      asks: true,
      args: () => [1],
      queue: { size: 2, policy: 'drop-oldest' },
    });
    call.input.next(1);
    expect(call.stage.counts()).toMatchObject({ failed: { ERR_USER_FUNCTION: 1 }, inFlight: 0 });
    const busy = keyed({
      key: (value) => (value > 1 ? boom() : 1),
      order: 'input',
      concurrency: 1,
      queue: { size: 2, policy: 'drop-oldest' },
    });
    send(busy, 1, 2, 3, 4, 5);
    expect(busy.stage.counts()).toMatchObject({ received: 5, dropped: { overflow: 2 }, inFlight: 3 });
    busy.answer(0, result('a'));
    expect(busy.output).toEqual(['a']);
    expect(busy.stage.counts()).toMatchObject({ passed: 1, failed: { ERR_USER_FUNCTION: 2 }, inFlight: 0 });
  });

  it('drops the oldest that waits, of whatever key, and counts it', () => {
    const call = keyed({ concurrency: 1, queue: { size: 2, policy: 'drop-oldest' } });
    send(call, 11, 21, 12, 31);
    expect(call.stage.counts()).toMatchObject({ received: 4, dropped: { overflow: 1 }, inFlight: 3 });
    call.answer(0, result('a'));
    expect(call.args()).toEqual([31]);
    call.answer(0, result('b'));
    expect(call.args()).toEqual([12]);
    call.unsubscribe();
    expect(isBalanced(call.stage.counts())).toBe(true);
  });
});

const boom = (): never => {
  throw new TypeError('no');
};
