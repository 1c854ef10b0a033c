/** A function of our SDK against a host that speaks the wire by hand. */
import { describe, expect, it } from '@jest/globals';
import type { Clock } from '../../lib/clock.js';
import { BatchRun } from '../../lib/sdk/batch-run.js';
import type { PluginFunction } from '../../lib/sdk/index.js';
import { BATCH_TEXT, BATCH_TIME } from '../../lib/wire/function-batch.js';
import { BATCH, CAPABILITIES, encodeHandshake } from '../../lib/wire/handshake.js';
import { HandClock } from '../helpers/hand-clock.js';
import { type Dialect, PluginHost } from '../helpers/plugin-host.js';
import { until } from '../helpers/until.js';

const CONTEXT = JSON.stringify({ ruleId: 'rule', opId: 'op1', instanceId: 0, funcId: 3 });

async function start(definition: PluginFunction, dialect: Dialect = CAPABILITIES) {
  const host = await PluginHost.listen(dialect);
  const clock = new HandClock();
  host.run({ functions: { f: definition } }, clock);
  const { channel, ask } = await host.function('f');
  const batch = (...calls: readonly unknown[]) =>
    ask({ func: 'ExecBatch', args: calls.map((call) => (Array.isArray(call) ? [...call, CONTEXT] : call)) });
  return { host, channel, clock, ask, batch };
}

describe('a function that is called in batches', () => {
  it('answers all at once, in order', async () => {
    const seen: unknown[] = [];
    const { batch, channel } = await start((a: number, b: number) => {
      seen.push(a);
      return a * b;
    });
    expect(await batch([1, 2], [3, 4], [5, 6])).toEqual({ state: true, results: [2, 12, 30] });
    expect(seen).toEqual([1, 3, 5]);
    expect(channel.heard).toHaveLength(2);
  });

  it('answers null for undefined', async () => {
    const { batch } = await start(() => undefined);
    expect(await batch([], [])).toEqual({ state: true, results: [null, null] });
  });

  it.each<[string, PluginFunction]>([
    [
      'throws',
      (value: number) => {
        if (value === 2) throw new Error('two');
        return value;
      },
    ],
    ['rejects', async (value: number) => (value === 2 ? Promise.reject(new Error('two')) : value)],
  ])('fails one call, and makes the others, when it %s', async (_, definition) => {
    const { batch } = await start(definition);
    expect(await batch([1], [2], [3])).toEqual({ state: true, results: [1, 'two', 3], failed: [1] });
  });

  it('fails what has no JSON, and a call that is none', async () => {
    const { batch } = await start((value: unknown) => (value === 'f' ? () => 1 : value === 'n' ? 1n : value));
    const [fn, big, text, context] = [/a function has no JSON/, /BigInt/, /a list of arguments/, /call context/];
    expect(await batch(['f'], ['n'], 'x', ['ok'], { 0: 1 })).toEqual({
      state: true,
      results: [fn, big, text, 'ok', text].map((one) => (typeof one === 'string' ? one : expect.stringMatching(one))),
      failed: [0, 1, 2, 4],
    });
    expect(await batch([])).toMatchObject({ results: [null] });
    const { ask } = await start(() => 1);
    expect(await ask({ func: 'ExecBatch', args: [[1, 'x'], []] })).toEqual({
      state: true,
      results: [expect.stringMatching(context), expect.stringMatching(context)],
      failed: [0, 1],
    });
  });

  it.each([
    ['none', { func: 'ExecBatch', args: [] }],
    ['no list', { func: 'ExecBatch', args: { 0: [] } }],
    ['those of an Exec', { func: 'ExecBatch', arg: [[CONTEXT]] }],
  ])('fails when the calls are %s', async (_, request) => {
    const { ask } = await start(() => 1);
    expect(await ask({ arg: null, ...request })).toEqual({ state: false, result: 'ExecBatch without a list of calls' });
  });

  it('is called again when its promise has settled, not before', async () => {
    const log: string[] = [];
    const { batch } = await start(async (value: number) => {
      log.push(`in ${value}`);
      await new Promise(setImmediate);
      log.push(`out ${value}`);
      return value;
    });
    expect(await batch([1], [2])).toEqual({ state: true, results: [1, 2] });
    expect(log).toEqual(['in 1', 'out 1', 'in 2', 'out 2']);
  });

  it('stops when it has taken long, and says how much is left', async () => {
    const seen: number[] = [];
    const { batch, clock } = await start((value: number) => {
      seen.push(value);
      clock.advance(BATCH_TIME / 2);
      return value;
    });
    expect(await batch([1], [2], [3])).toEqual({ state: true, results: [1, 2], rest: 1 });
    expect(seen).toEqual([1, 2]);
    expect(await batch([4])).toEqual({ state: true, results: [4] });
  });

  it('makes one call however long it takes', async () => {
    const { batch, clock } = await start(() => {
      clock.advance(10 * BATCH_TIME);
      return 1;
    });
    expect(await batch([], [])).toEqual({ state: true, results: [1], rest: 1 });
  });

  it('makes one call although time jumps before it', () => {
    let now = 0;
    const clock = { now: () => (now += 10 * BATCH_TIME) } as Clock;
    expect(new BatchRun([1, 2], (args) => args, clock, 'f').run()).toMatchObject({ results: ['1'], failed: [] });
  });

  it('stops when its results have grown large', async () => {
    const { batch } = await start((name: string) => name.repeat(BATCH_TEXT / 2 + 1));
    const { results, rest } = (await batch(['a'], ['b'], ['c'])) as {
      readonly results: string[];
      readonly rest: number;
    };
    expect([results.length, rest]).toEqual([2, 1]);
  });

  it('fails the call whose result fits into no frame, and no other one', async () => {
    const { batch } = await start((size: number) => 'x'.repeat(size));
    expect(await batch([1], [65 * 1024 * 1024], [2])).toEqual({
      state: true,
      results: ['x', expect.stringMatching(/over the limit/), 'xx'],
      failed: [1],
    });
  });

  it('finishes the batch that is out when its plugin is closed', async () => {
    const host = await PluginHost.listen();
    let finish: (() => void) | undefined;
    const handle = host.run({ functions: { f: () => new Promise((resolve) => (finish = () => resolve(1))) } });
    const { ask } = await host.function('f');
    const answer = ask({ func: 'ExecBatch', arg: null, args: [[CONTEXT]] });
    await until(() => finish, 'it is called');
    const closed = handle.close();
    finish?.();
    expect(await answer).toEqual({ state: true, results: [1] });
    await closed;
  });
});

describe('the first word of a function', () => {
  const named = encodeHandshake('rxport-ts/0.1.0', [BATCH]);
  it.each<[string, Dialect, string]>([
    ['a host that names the capability', CAPABILITIES, named],
    ['a host that names another one', ['complete'], 'handshake'],
    ['a stock host', 'stock', 'handshake'],
  ])('to %s', async (_, dialect, word) => {
    const { channel, clock } = await start(() => 1, dialect);
    expect(channel.heard).toEqual([word]);
    clock.advance(5_000);
    await until(() => channel.heard.length === 2);
    expect(channel.heard[1]).toBe('handshake');
  });
});
