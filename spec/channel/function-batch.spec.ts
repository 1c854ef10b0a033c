import { describe, expect, it } from '@jest/globals';
import { encodeValidate } from '../../lib/wire/function.js';
import { BATCH_CALLS, BATCH_TEXT } from '../../lib/wire/function-batch.js';
import { encodeHandshake } from '../../lib/wire/handshake.js';
import { batch, batching, exec, results, withTwoOut } from '../helpers/batching-end.js';
import { result } from '../helpers/function-end.js';
import { HandClock } from '../helpers/hand-clock.js';
import { Requester } from '../helpers/requester.js';

const named = (count: number, prefix = 'n'): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe('a function channel that batches', () => {
  it('sends one call alone, however often, while no other one waits', async () => {
    const { send, join, outcomes } = await batching();
    const process = await join();
    for (let i = 0; i < 5; i += 1) {
      send(`n${i}`);
      await process.heard(i + 1);
      process.says(result(i));
      await outcomes(i + 1);
    }
    expect(process.received).toEqual(named(5).map(exec));
  });

  it('doubles what goes out together, up to a limit, and what is worth submitting with it', async () => {
    const { channel, send, join, outcomes } = await batching();
    const process = await join();
    send(...named(400));
    const sizes: number[] = [];
    const capacities: number[] = [];
    for (let made = 0, turn = 1; made < 400; turn += 1) {
      const { args = ['one'] } = JSON.parse((await process.heard(turn)).at(-1) ?? '') as { readonly args?: string[] };
      sizes.push(args.length);
      capacities.push(channel.capacity);
      process.says(args.length === 1 ? result('r') : results(args));
      await outcomes((made += args.length));
    }
    expect(sizes).toEqual([1, 2, 4, 8, 16, 32, BATCH_CALLS, BATCH_CALLS, BATCH_CALLS, BATCH_CALLS, BATCH_CALLS, 17]);
    expect(capacities.slice(0, 3)).toEqual([3, 5, 9]);
    expect(channel.capacity).toBe(1 + 2 * BATCH_CALLS);
  });

  it('sends a slow function one call at a time', async () => {
    const { clock, send, join, outcomes } = await batching();
    const process = await join();
    send(...named(4));
    for (let i = 0; i < 4; i += 1) {
      await process.heard(i + 1);
      clock.advance(100);
      process.says(result(i));
      await outcomes(i + 1);
    }
    expect(process.received).toEqual(named(4).map(exec));
  });

  it('leaves as many of those that wait to each of the others, however many it could take', async () => {
    const { send, join, outcomes } = await batching();
    const one = await join();
    send(...named(7));
    for (const [turn, size] of [1, 2, 4].entries()) {
      await one.heard(turn + 1);
      one.says(size === 1 ? result('r') : results(named(size)));
    }
    await outcomes(7);
    const other = await join();
    send(...named(6, 'm'));
    await one.heard(4);
    await other.heard(1);
    one.says(result('r'));
    expect((await one.heard(5)).slice(3)).toEqual([exec('m0'), batch('m2', 'm3')]);
    other.says(result('r'));
    expect(await other.heard(2)).toEqual([exec('m1'), exec('m4')]);
  });

  it('gives every call its own outcome, in order', async () => {
    const { process, outcomes } = await withTwoOut();
    process.says(results(['boom', 2], { failed: [0] }));
    await process.heard(3);
    process.says(result(3));
    expect(await outcomes(4)).toEqual(['a: result 1', 'b: failed "boom"', 'c: result 2', 'd: result 3']);
  });

  it('sends what was not made again, first, and takes it for a hint', async () => {
    const { process, send, outcomes } = await withTwoOut();
    send('e');
    process.says(results([2], { rest: 1 }));
    expect(await process.heard(3)).toContain(exec('c'));
    process.says(result(3));
    expect((await process.heard(4)).at(-1)).toBe(batch('d', 'e'));
    expect(await outcomes(3)).toEqual(['a: result 1', 'b: result 2', 'c: result 3']);
  });

  it.each([
    ['too few results', results([1]), 'ERR_MESSAGE_INVALID'],
    ['the answer to one call', result(1), 'ERR_MESSAGE_INVALID'],
    ['nothing', '', 'ERR_MESSAGE_INVALID'],
    ['that it makes no sense', '{"state":false,"result":"no"}', 'failed "no"'],
  ])('fails every call of a batch whose answer is %s, and goes on', async (_, text, outcome) => {
    const { process, outcomes } = await withTwoOut();
    process.says(text);
    await process.heard(3);
    process.says(result(3));
    expect(await outcomes(4)).toEqual(['a: result 1', `b: ${outcome}`, `c: ${outcome}`, 'd: result 3']);
  });

  it('asks again, with the same batch, who has dropped it', async () => {
    const { process } = await withTwoOut();
    process.says('handshake');
    expect((await process.heard(3)).slice(1)).toEqual([batch('b', 'c'), batch('b', 'c')]);
  });

  it('sends a call that is no Exec alone', async () => {
    const { send, submit, join } = await batching();
    send('a', 'b');
    submit(encodeValidate([1]));
    send('c', 'd');
    const process = await join();
    const answers = [result(1), result(2), result(3), results([4, 5])];
    for (const [i, text] of answers.entries()) {
      await process.heard(i + 1);
      process.says(text);
    }
    expect(await process.heard(4)).toEqual([exec('a'), exec('b'), encodeValidate([1]), batch('c', 'd')]);
  });

  it('sends a call alone whose reply its caller parses', async () => {
    const { send, submit, join, outcomes } = await batching();
    const parse = (text: string): unknown => JSON.parse(text.replace(/:(\d{16,})/g, ':"$1"')) as unknown;
    send('a', 'b', 'c');
    submit(exec('d'), { parse });
    send('e');
    const process = await join();
    const large = '{"state":true,"result":9007199254740993}';
    for (const [i, text] of [result(1), results([2, 3]), large, result(5)].entries()) {
      await process.heard(i + 1);
      process.says(text);
    }
    expect(await process.heard(4)).toEqual([exec('a'), batch('b', 'c'), exec('d'), exec('e')]);
    expect(await outcomes(5)).toContain('d: result "9007199254740993"');
  });

  it('skips what is cancelled, and tells nobody what came of it', async () => {
    const { process, c, d, send, outcomes } = await withTwoOut();
    send('e');
    c.cancelled = d.cancelled = true;
    process.says(results([2, 3]));
    expect(await process.heard(3)).toContain(exec('e'));
    process.says(result(5));
    expect(await outcomes(3)).toEqual(['a: result 1', 'b: result 2', 'e: result 5']);
  });

  it('bounds the text of a batch', async () => {
    const { send, join, outcomes } = await batching();
    const large = (name: string): string => name + 'x'.repeat(0.3 * BATCH_TEXT);
    const huge = (name: string): string => name + 'x'.repeat(0.6 * BATCH_TEXT);
    send('a', ...['b', 'c', 'd', 'e', 'f'].map(large), ...['g', 'h'].map(huge));
    const process = await join();
    const sizes = [1, 2, 2, 2, 1];
    for (const [i, size] of sizes.entries()) {
      await process.heard(i + 1);
      process.says(size === 1 ? result(1) : results([1, 2]));
    }
    await outcomes(8);
    // Two large ones make more than half of what fits: twice as many are not tried. Two huge ones do not fit at all.
    const together = process.received.map((text) => JSON.parse(text) as { readonly args?: readonly unknown[] });
    expect(together.map(({ args = ['one'] }) => args.length)).toEqual(sizes);
  });

  it('sends one by one what together is over the limit of the peer', async () => {
    const { send, join, outcomes } = await batching(new HandClock(), 70);
    send('a', 'bbbbbbbbbb', 'cccccccccc');
    const process = await join();
    for (let i = 0; i < 3; i += 1) {
      await process.heard(i + 1);
      process.says(result(i));
    }
    await outcomes(3);
    expect(process.received).toEqual(['a', 'bbbbbbbbbb', 'cccccccccc'].map(exec));
  });
});

describe('a process that does not name the capability', () => {
  it.each([
    ['a stock SDK', 'handshake'],
    ['our SDK under another agreement', encodeHandshake('x', ['complete'])],
    ['one that repeats an answer', result(1)],
  ])('gets every call alone: %s', async (_, first) => {
    const { address, channel, send, outcomes } = await batching();
    send(...named(6));
    const process = await Requester.dial(address, first);
    for (let i = 0; i < 6; i += 1) {
      await process.heard(i + 1);
      process.says(result(i));
    }
    await outcomes(6);
    expect(process.received).toEqual(named(6).map(exec));
    expect(channel.capacity).toBe(2);
  });

  it('gets none of what another one takes together', async () => {
    const { address, send, join } = await batching();
    const [stock, ours] = [await Requester.dial(address, 'handshake'), await join()];
    send(...named(8));
    await stock.heard(1);
    await ours.heard(1);
    ours.says(result(1));
    await ours.heard(2);
    stock.says(result(0));
    expect(await stock.heard(2)).toEqual([exec('n0'), exec('n4')]);
    expect(ours.received).toEqual([exec('n1'), batch('n2', 'n3')]);
  });
});
