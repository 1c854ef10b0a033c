import { describe, expect, it } from '@jest/globals';
import { of, take, toArray } from 'rxjs';
import { isBalanced } from '../../lib/stage.js';
import { fakeCall, type FakeOptions, failure, result } from '../helpers/fake-call.js';
import { newFile, partsOf } from '../helpers/parts.js';
import { callsTo } from '../helpers/scripted-plugin.js';
import { sharedHost } from '../helpers/shared-host.js';
import { linesOf } from '../helpers/lines.js';
import { none } from '../helpers/none.js';

const boom = (): never => {
  throw new Error('boom');
};

describe('a call that fails', () => {
  const failing = (options: FakeOptions) => {
    const call = fakeCall({ concurrency: 1, ...options });
    for (const value of [1, 2, 3]) call.input.next(value);
    while (call.out.length > 0) call.answer(0, call.args()[0] === 2 ? failure('no two') : result(call.args()[0]));
    call.input.complete();
    expect(isBalanced(call.stage.counts())).toBe(true);
    return call;
  };

  it('is dropped, counted and told by default', () => {
    const { output, stage, news } = failing({});
    expect(output).toEqual([1, 3, 'done']);
    expect(stage.counts()).toMatchObject({ passed: 2, failed: { ERR_CALL_FAILED: 1 } });
    expect(news).toMatchObject([{ type: 'error', error: { code: 'ERR_CALL_FAILED', details: { result: 'no two' } } }]);
  });

  it('ends the stream when asked to, after what came before', () => {
    const { output, stage } = failing({ onError: 'fail' });
    expect(output).toEqual([1, 'ERR_CALL_FAILED']);
    expect(stage.counts()).toMatchObject({ failed: { ERR_CALL_FAILED: 1 }, dropped: { unsubscribed: 1 } });
  });

  it('is dropped when its onError ends the subscription', () => {
    const call = fakeCall({
      concurrency: 1,
      onError: () => {
        call.unsubscribe();
        return 0;
      },
    });
    call.input.next(1);
    call.answer(0, failure('no'));
    expect(call.output).toEqual([]);
    expect(call.stage.counts()).toMatchObject({ received: 1, passed: 0, dropped: { unsubscribed: 1 }, inFlight: 0 });
  });

  it('goes on with what onError makes of it', () => {
    const { output, stage, news } = failing({ onError: (error, value) => `${error.code} ${value}` });
    expect(output).toEqual([1, 'ERR_CALL_FAILED 2', 3, 'done']);
    expect(stage.counts()).toMatchObject({ passed: 3, failed: none });
    expect(news).toEqual([]);
  });

  it('is dropped when onError throws', () => {
    const { output, stage } = failing({ onError: boom });
    expect(output).toEqual([1, 3, 'done']);
    expect(stage.counts()).toMatchObject({ failed: { ERR_USER_FUNCTION: 1 } });
  });

  it.each<[string, FakeOptions]>([
    ['args', { args: (value) => (value === 2 ? boom() : [value]) }],
    ['project', { project: (value, back) => (value === 2 ? boom() : back) }],
  ])('is one whose %s throws', (name, options) => {
    const call = fakeCall({ ...options, onError: (error) => error.message });
    for (const value of [1, 2, 3]) call.input.next(value);
    while (call.out.length > 0) call.answer(0, result(call.args()[0]));
    expect(call.output).toEqual([1, `${name} of call f threw: boom`, 3]);
  });

  it('has ended for the rest of a source that emits at once', () => {
    const call = fakeCall({ args: boom, onError: 'fail' });
    of(1, 2, 3).subscribe(call.input);
    expect(call.output).toEqual(['ERR_USER_FUNCTION']);
    expect(call.stage.counts()).toMatchObject({ inFlight: 0 });
  });
});

describe('a call to a plugin', () => {
  const shared = sharedHost();
  const { counted, file } = partsOf(shared);

  it('is told that its arguments are wrong, once, and the rule does not restart', async () => {
    const rule = shared.rule((context) => counted(context, 5).pipe(context.call(shared.symbol('add'), () => [1])));
    expect(await rule.done).toMatchObject({
      phase: 'failed',
      error: { code: 'ERR_CALL_INVALID', message: expect.stringContaining('expected 2 arguments but got 1') },
    });
    expect(callsTo(shared.plugin.dir, 'add').map(({ func }) => func)).toEqual(['Validate']);
  });

  it('whose key is none fails the run of its rule, not the rule', async () => {
    let runs = 0;
    const rule = shared.rule(
      ({ call }) => {
        runs += 1;
        const key = ((i: number) => (runs === 1 && i === 2 ? undefined : i)) as (i: number) => number;
        return of(1, 2, 3).pipe(call(shared.symbol('echo'), (i) => [i], { key, onError: 'fail' }));
      },
      { restart: { delay: 5, maxDelay: 5, attempts: 1 } },
    );
    expect((await rule.done).phase).toBe('completed');
    expect(runs).toBe(2);
    expect(rule.ledger()).toMatchObject({ balanced: true });
  });

  it('is over after its timeout, and what comes later is nobody’s', async () => {
    const path = newFile();
    const rule = shared.rule((context) =>
      counted(context, 3, { interval: 30 })
        .pipe(
          context.call(
            shared.symbol('slow'),
            ({ i }) => [i === 0 ? 1_200 : 0],
            (value, ms) => ({ ...value, ms }),
            { timeout: 400 },
          ),
        )
        .subscribe(file(context, path)),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(linesOf(path)).toEqual([
      { i: 1, ms: 0 },
      { i: 2, ms: 0 },
    ]);
    expect(rule.ledger().stages[`call ${shared.symbol('slow')}`]?.failed).toEqual({ ERR_CALL_TIMEOUT: 1 });
  });

  it('fails when the answer is no JSON', async () => {
    const rule = shared.rule((context) => counted(context, 2).pipe(context.call(shared.symbol('empty'), () => [1])));
    await rule.done;
    expect(rule.ledger().stages[`call ${shared.symbol('empty')}`]?.failed).toEqual({ ERR_MESSAGE_INVALID: 2 });
  });

  it.each([
    ['is repeated once by default', {}, 2],
    ['is not repeated when that is not wanted', { whenLost: 'error' as const }, 1],
  ])('that kills its process %s, and the rule goes on', async (_, options, times) => {
    const before = callsTo(shared.plugin.dir, 'exit').length;
    const rule = shared.rule(({ call }) =>
      of(false, 3, false).pipe(
        call(shared.symbol('exit'), (code) => [code], { ...options, onError: (error) => error.code }),
        toArray(),
        take(1),
        call(shared.symbol('echo'), (all) => [all]),
      ),
    );
    expect((await rule.done).phase).toBe('completed');
    expect(rule.ledger().stages[`call ${shared.symbol('exit')}`]).toMatchObject({ passed: 3, failed: none });
    const killed = callsTo(shared.plugin.dir, 'exit')
      .slice(before)
      .filter(({ func, arg }) => func === 'Exec' && Array.isArray(arg) && arg[0] === 3);
    expect(killed).toHaveLength(times);
    const answers = callsTo(shared.plugin.dir, 'echo').at(-1)?.arg;
    expect(answers).toMatchObject([[false, 'ERR_CALL_LOST', false], expect.any(String)]);
  });
});
