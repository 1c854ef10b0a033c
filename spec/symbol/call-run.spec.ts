import { describe, expect, it } from '@jest/globals';
import { isBalanced } from '../../lib/stage.js';
import { type FakeCall, fakeCall, failure, requestOf, result } from '../helpers/fake-call.js';

const send = (call: FakeCall, ...values: readonly number[]): void => values.forEach((value) => call.input.next(value));

describe('the order of a call', () => {
  it('is that of its input, however the answers come', () => {
    const call = fakeCall({ concurrency: 3 });
    send(call, 1, 2, 3);
    expect(call.args()).toEqual([1, 2, 3]);
    call.answer(2, result('c'));
    call.answer(1, result('b'));
    expect(call.output).toEqual([]);
    call.answer(0, result('a'));
    expect(call.output).toEqual(['a', 'b', 'c']);
  });

  it('is that of the answers when asked for', () => {
    const call = fakeCall({ concurrency: 3, order: 'completion' });
    send(call, 1, 2, 3);
    call.answer(2, result('c'));
    call.answer(0, result('a'));
    expect(call.output).toEqual(['c', 'a']);
    expect(call.stage.counts()).toMatchObject({ received: 3, passed: 2, inFlight: 1 });
  });

  it('lets four answers per concurrent call wait for an earlier one, and then sends no more', () => {
    const call = fakeCall({ concurrency: 2 });
    send(call, ...Array.from({ length: 20 }, (_, i) => i));
    while (call.out.length > 1) call.answer(1, result('x'));
    // The first is out, and eight answers wait behind it.
    expect(call.out).toHaveLength(1);
    expect(call.stage.counts()).toMatchObject({ passed: 0, inFlight: 20 });
    expect(call.args()).toEqual([0]);
    call.answer(0, result('first'));
    expect(call.output).toHaveLength(9);
    expect(call.args()).toEqual([9, 10]);
  });

  it('keeps what failed out of the way of what follows', () => {
    const call = fakeCall({ concurrency: 3 });
    send(call, 1, 2, 3);
    call.answer(2, result('c'));
    call.answer(0, failure('no'));
    call.answer(0, result('b'));
    expect(call.output).toEqual(['b', 'c']);
  });
});

describe('the concurrency of a call', () => {
  it('follows what the channel is worth', () => {
    const call = fakeCall();
    send(call, ...Array.from({ length: 20 }, (_, i) => i));
    const one = call.out.length;
    call.capacity = 4;
    call.answer(0, result(0));
    expect(call.out.length).toBe(one + 3);
  });

  it('is what the rule asks for', () => {
    const call = fakeCall({ concurrency: 3 });
    send(call, 1, 2, 3, 4, 5);
    expect(call.args()).toEqual([1, 2, 3]);
  });

  it.each([
    ['Infinity', Infinity],
    ['more than is of use', 1_000],
  ])('is never more than the channel is worth: %s; the queue has the others, and their pressure', (_, concurrency) => {
    const call = fakeCall({ concurrency, queue: { size: 5, policy: 'drop-oldest', high: 3 } });
    call.capacity = 2;
    send(call, 0, 1, 2, 3, 4, 5, 6, 7);
    expect(call.args()).toEqual([0, 1]);
    expect(call.stage.counts()).toMatchObject({ received: 8, dropped: { overflow: 1 }, inFlight: 7 });
    expect(call.stage.peak).toBe(5);
    call.capacity = 4;
    call.answer(0, result(0));
    expect(call.args()).toEqual([1, 3, 4, 5]);
    expect(isBalanced(call.stage.counts())).toBe(true);
  });

  it.each([[0], [-1], [1.5], [NaN]])('can not be %d', (concurrency) => {
    expect(() => fakeCall({ concurrency })).toThrow(
      expect.objectContaining({ code: 'ERR_OPERATOR_OPTION', message: expect.stringContaining('concurrency') }),
    );
  });

  it.each([
    [{ timeout: 0 }, 'timeout'],
    [{ timeout: NaN }, 'timeout'],
    [{ replicas: 0 }, 'replicas 0'],
    [{ replicas: 1.5 }, 'replicas 1.5'],
    [{ replicas: 65 }, 'replicas 65'],
    [{ queue: { size: 0, policy: 'drop-oldest' as const } }, 'queue.size'],
    [{ queue: { size: 1, policy: 'drop' as never } }, 'queue.policy'],
  ])('refuses %j with it', (options, text) => {
    expect(() => fakeCall(options)).toThrow(
      expect.objectContaining({ code: 'ERR_OPERATOR_OPTION', message: expect.stringContaining(text) }),
    );
  });
});

describe('the queue of a call', () => {
  const fill = (policy: 'drop-oldest' | 'drop-newest' | 'latest' | 'error'): FakeCall => {
    const call = fakeCall({ concurrency: 1, queue: { size: 2, policy } });
    send(call, 0, 1, 2, 3, 4);
    while (call.out.length > 0) call.answer(0, result(call.args()[0]));
    return call;
  };

  it.each([
    ['drop-oldest' as const, [0, 3, 4], 2],
    ['drop-newest' as const, [0, 1, 2], 2],
    ['latest' as const, [0, 4], 3],
    ['error' as const, ['ERR_QUEUE_OVERFLOW'], 1],
  ])('drops as %s has it, and counts', (policy, output, overflow) => {
    const call = fill(policy);
    expect(call.output).toEqual(output);
    expect(call.stage.counts().dropped).toMatchObject({ overflow });
    expect(isBalanced(call.stage.counts())).toBe(true);
    expect(call.news).toContainEqual({ type: 'dropped', symbol: 'f', reason: 'overflow', count: 1 });
  });
});

describe('the question whether the arguments are right', () => {
  it('is put once per start, with those of the first value', () => {
    const call = fakeCall({ asks: true, concurrency: 1, args: (a, index) => [a, index] });
    send(call, 7, 8);
    expect(call.out.map(requestOf)).toEqual([{ func: 'Validate', arg: [7, 0] }]);
    call.answer(0, result(''));
    expect(call.out.map(requestOf)).toEqual([{ func: 'Exec', arg: [7, 0, '{}'] }]);
    call.answer(0, result('a'));
    expect(call.out.map(requestOf)).toEqual([{ func: 'Exec', arg: [8, 1, '{}'] }]);
  });

  it('ends the stream with ERR_CALL_INVALID when the answer is no', () => {
    const call = fakeCall({ asks: true });
    send(call, 1, 2);
    call.answer(0, failure('expected 2 arguments but got 1'));
    expect(call.output).toEqual(['ERR_CALL_INVALID']);
    expect(call.stage.counts()).toMatchObject({ received: 2, dropped: { unsubscribed: 2 }, inFlight: 0 });
  });

  it.each([
    ['says nothing, as a Python function without a return does', failure(null)],
    ['is not there', failure(undefined)],
    ['can not be read', { type: 'invalid', error: { code: 'ERR_MESSAGE_INVALID' } } as never],
    ['does not come', { type: 'error', error: { code: 'ERR_CALL_TIMEOUT' } } as never],
  ])('does not matter when the answer %s', (_, outcome) => {
    const call = fakeCall({ asks: true });
    send(call, 1);
    call.answer(0, outcome);
    call.answer(0, result('a'));
    expect(call.output).toEqual(['a']);
  });

  it('waits for the first value whose arguments can be made', () => {
    const call = fakeCall({ asks: true, args: (value) => (value === 1 ? boom() : [value]) });
    send(call, 1, 2);
    expect(call.out.map(requestOf)).toEqual([{ func: 'Validate', arg: [2] }]);
    expect(call.stage.counts().failed).toEqual({ ERR_USER_FUNCTION: 1 });
  });
});

describe('the end of a call', () => {
  it('waits for what is out and what waits', () => {
    const call = fakeCall();
    send(call, 1, 2);
    call.input.complete();
    call.answer(0, result('a'));
    expect(call.output).toEqual(['a']);
    call.answer(0, result('b'));
    expect(call.output).toEqual(['a', 'b', 'done']);
  });

  it('comes at once when nothing is held', () => {
    const call = fakeCall();
    call.input.complete();
    expect(call.output).toEqual(['done']);
  });

  it('comes when the last one has failed', () => {
    const call = fakeCall();
    send(call, 1);
    call.input.complete();
    call.answer(0, failure('no'));
    expect(call.output).toEqual(['done']);
  });

  it('passes the error of its source on at once, and counts what it held', () => {
    const call = fakeCall();
    send(call, 1, 2);
    call.input.error('no');
    expect(call.output).toEqual(['no']);
    expect(call.stage.counts()).toMatchObject({ dropped: { unsubscribed: 2 }, inFlight: 0 });
    expect(call.out[0]?.cancelled).toBe(true);
  });

  it('takes what waits out of the queue when it is unsubscribed, and drops the answer that is out', () => {
    const call = fakeCall();
    send(call, 1, 2, 3);
    call.unsubscribe();
    expect(call.out[0]?.cancelled).toBe(true);
    expect(call.stage.counts()).toMatchObject({ received: 3, passed: 0, dropped: { unsubscribed: 3 }, inFlight: 0 });
    expect(call.input.observed).toBe(false);
  });

  it('leaves its source before it lets go of what waits: nothing that comes because of it is taken', () => {
    const queue = { size: 10, policy: 'drop-oldest', high: 1 } as const;
    const call = fakeCall({ queue, content: () => call.input.next(9) });
    send(call, 1, 2, 3);
    call.unsubscribe();
    expect(call.stage.counts()).toMatchObject({ received: 3, dropped: { unsubscribed: 3 }, inFlight: 0 });
  });

  it.each<[string, (value: number, end: () => void) => unknown]>([
    ['args', (value, end) => (end(), value)],
    ['the toJSON of an argument', (value, end) => ({ toJSON: () => (end(), value) })],
  ])('comes from within %s: nothing is asked any more', (_, argument) => {
    const call: FakeCall = fakeCall({ asks: true, args: (value) => [value === 2 ? argument(value, end) : value] });
    const end = (): void => call.unsubscribe();
    send(call, 1);
    call.answer(0, result(''));
    call.answer(0, result('a'));
    send(call, 2);
    expect([call.output, call.out]).toEqual([['a'], []]);
    expect(call.stage.counts()).toMatchObject({ received: 2, passed: 1, dropped: { unsubscribed: 1 }, inFlight: 0 });
  });

  it('comes from within the first args: no question is put', () => {
    const call: FakeCall = fakeCall({ asks: true, args: (value) => (call.unsubscribe(), [value]) });
    send(call, 1);
    expect(call.out).toEqual([]);
    expect(call.stage.counts()).toMatchObject({ received: 1, dropped: { unsubscribed: 1 }, inFlight: 0 });
  });

  it('comes with the error of a function that is refused', () => {
    const call = fakeCall();
    send(call, 1);
    call.watcher.refused({ code: 'ERR_SYMBOL_REFUSED' } as never);
    expect(call.output).toEqual(['ERR_SYMBOL_REFUSED']);
  });
});

const boom = (): never => {
  throw new Error('boom');
};
