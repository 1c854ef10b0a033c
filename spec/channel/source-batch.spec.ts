/** The channel of a source against a peer that sends several tuples in a frame, as our SDK does. */
import { describe, expect, it } from '@jest/globals';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { SourceChannel, SourceChannelOptions } from '../../lib/channel/source-channel.js';
import { frame } from '../helpers/raw-peer.js';
import { HandClock } from '../helpers/hand-clock.js';
import { connected } from '../helpers/source-end.js';
import { systemClock } from '../../lib/clock.js';

const batch = (...values: readonly unknown[]): string => JSON.stringify(values.map((message) => ({ message })));
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const tuples = (...values: readonly unknown[]): unknown[] => values.map((value) => [value, {}]);

/** A channel whose rule asks for a pause at the tuples of `at`. */
async function pausing(at: readonly number[], options: Partial<SourceChannelOptions> = {}) {
  const end = await connected({ patient: () => true, ...options });
  const { recorder, channel } = end;
  const { tuple } = recorder.handler;
  recorder.handler.tuple = (message, meta) => {
    if (at.includes(message as number)) channel.pause();
    tuple(message, meta);
  };
  return { ...end, values: () => recorder.news.map((one) => (Array.isArray(one) ? one[0] : one) as unknown) };
}

describe('several tuples in a frame', () => {
  it('are told one by one, between others, in order', async () => {
    const { recorder, send } = await connected();
    send(batch(1, 2), '{"message":3}', '{"error":"boom"}', batch(4, 5), '{"complete":true}');
    expect(await recorder.count(7)).toEqual([...tuples(1, 2, 3), 'error boom', ...tuples(4, 5), 'complete']);
  });

  it('lose none for one that can not be read', async () => {
    const { recorder, send } = await connected();
    send('[{"message":1},7,{"error":"boom"},{"message":2}]', '[]', '[{"message"');
    const invalid = 'ERR_MESSAGE_INVALID';
    expect(await recorder.count(6)).toEqual([[1, {}], invalid, 'error boom', [2, {}], invalid, invalid]);
  });

  it('are each read with the parser of the user', async () => {
    const { recorder, send } = await connected({ parse: (text) => ({ message: text.toUpperCase() }) });
    send(batch('a', 'b'));
    expect(await recorder.count(2)).toEqual(tuples('{"MESSAGE":"A"}', '{"MESSAGE":"B"}'));
  });
});

describe('a pause in the middle of a frame', () => {
  it('stops at the tuple that was too many; the rest goes first when the source goes on', async () => {
    const { recorder, channel, send, values } = await pausing([2]);
    send(batch(1, 2, 3, 4), batch(5, 6), '{"message":7}');
    expect(await recorder.count(2)).toEqual(tuples(1, 2));
    channel.resume();
    await recorder.count(7);
    expect(values()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('may come again in what waits, and in what follows', async () => {
    const { recorder, channel, send, values } = await pausing([1, 2, 4, 6]);
    send(batch(1, 2, 3, 4), batch(5, 6, 7), '{"message":8}');
    await recorder.count(1);
    for (const seen of [1, 2, 4, 6]) {
      expect(values()).toEqual(range(1, seen + 1));
      channel.resume();
      await recorder.count(Math.min(seen + 1, 8));
    }
    await recorder.count(8);
    expect(values()).toEqual(range(1, 9));
  });

  it.each<[string, (end: SourceChannel) => unknown]>([
    ['goes on', (channel) => channel.resume()],
    ['is flushed', (channel) => channel.flush()],
    ['can not wait', () => undefined],
  ])('lets the rest come in the context of its owner, too, when the source %s', async (what, go) => {
    const store = new AsyncLocalStorage<string>();
    const clock = new HandClock();
    const { recorder, channel, send } = await connected({
      inContext: (work) => store.run('rule', work),
      patient: () => what !== 'can not wait',
      clock,
    });
    const contexts: unknown[] = [];
    const { tuple } = recorder.handler;
    recorder.handler.tuple = (message, meta) => {
      contexts.push(store.getStore());
      if (message === 2) channel.pause();
      tuple(message, meta);
    };
    send(batch(1, 2, 3, 4));
    await recorder.count(2);
    void go(channel);
    for (let waited = 0; waited < 10 && contexts.length < 4; waited += 1) {
      clock.advance(500);
      await new Promise(setImmediate);
    }
    expect(contexts).toEqual(['rule', 'rule', 'rule', 'rule']);
  });

  it('that ends at once changes nothing', async () => {
    const { recorder, channel, send, values } = await pausing([]);
    const { tuple } = recorder.handler;
    recorder.handler.tuple = (message, meta) => {
      channel.pause();
      channel.resume();
      tuple(message, meta);
    };
    send(batch(1, 2, 3), batch(4, 5), '{"message":6}');
    await recorder.count(6);
    expect(values()).toEqual(range(1, 7));
  });

  it('outlasts the end of the source', async () => {
    const { recorder, channel, source, send, values } = await pausing([2]);
    send(batch(1, 2, 3, 4));
    source.socket.end();
    await source.gone();
    channel.resume();
    await recorder.count(5);
    expect(values().filter((value) => value !== 'ended')).toEqual([1, 2, 3, 4]);
  });

  it('ends when the source is about to be stopped: nothing is left when it is drained', async () => {
    const { recorder, channel, source, send, values } = await pausing([2, 3]);
    send(batch(1, 2, 3, 4), batch(5, 6));
    await recorder.count(2);
    channel.flush();
    const drained = channel.drained(10_000);
    source.socket.end();
    expect(await drained).toBe(true);
    expect(values()).toEqual([1, 2, 3, 4, 5, 6, 'ended']);
  });

  it('ends at a change of processes: the rest comes before the tuples of the newcomer', async () => {
    const { recorder, channel, source, send, dial, values } = await pausing([2]);
    send(batch(1, 2, 3, 4));
    await recorder.count(2);
    channel.handOver();
    const other = await dial();
    other.write(frame(batch(7, 8, 9)));
    send(batch(5, 6));
    source.socket.end();
    expect(await channel.takeOver()).toBe(true);
    // What the rule does not take yet waits, too.
    expect(values()).toEqual([1, 2]);
    channel.resume();
    await recorder.count(9);
    expect(values()).toEqual(range(1, 10));
  });

  it('is a gulp, of whole frames, where the source does not wait for long', async () => {
    const clock = new HandClock();
    const { recorder, send, values } = await pausing([2], { patient: () => false, clock });
    send(batch(1, 2, 3), batch(4, 5));
    await recorder.count(2);
    clock.advance(399);
    expect(values()).toEqual([1, 2]);
    clock.advance(1);
    await recorder.count(5);
    expect(values()).toEqual([1, 2, 3, 4, 5]);
  });

  it('lets one connection go on behind the frame of another that is at hand', async () => {
    const { recorder, channel, send, dial, values } = await pausing([], { clock: systemClock });
    const other = await dial();
    channel.pause();
    send(batch(1, 2, 3));
    other.write(frame(batch(11, 12)), frame('{"message":13}'));
    const { tuple } = recorder.handler;
    recorder.handler.tuple = (message, meta) => {
      tuple(message, meta);
      if (message === 1) channel.pause();
      if (message === 1) channel.resume();
    };
    channel.resume();
    await recorder.count(6);
    expect(values().filter((value) => Number(value) < 10)).toEqual([1, 2, 3]);
    expect(values().filter((value) => Number(value) > 10)).toEqual([11, 12, 13]);
  });
});
