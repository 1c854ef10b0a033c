import { describe, expect, it } from '@jest/globals';
import type { FunctionChannelOptions } from '../../lib/channel/function-channel-options.js';
import { listening, result } from '../helpers/function-end.js';
import { HandClock } from '../helpers/hand-clock.js';
import { Requester } from '../helpers/requester.js';
import { until } from '../helpers/until.js';

/** A process of the old version that has a call out, and one of the new version that has shaken hands. */
async function overlapping(clock?: HandClock, options?: Partial<FunctionChannelOptions>) {
  const all = await listening(clock, undefined, options);
  const old = await all.dial();
  all.submit('a', { timeout: 10_000 });
  await old.heard(1);
  all.channel.hold();
  const next = await all.dial();
  expect(await all.channel.arrived(10_000)).toBe(true);
  return { ...all, old, next };
}

/** Whether a promise has settled, for a spec that moves the clock. */
function settled<T>(promise: Promise<T>): { value: T | undefined } {
  const answer: { value: T | undefined } = { value: undefined };
  void promise.then((value) => (answer.value = value));
  return answer;
}

describe('the channel of a function with two versions of its plugin', () => {
  it('gives no call to the new one before it is cut over', async () => {
    const { channel, calls, submit, old, next } = await overlapping();
    submit('b');
    old.says(result(1));
    expect(await old.heard(2)).toEqual(['a', 'b']);
    old.says(result(2));
    await calls.count(2);
    expect(next.received).toEqual([]);
    expect(channel.capacity).toBe(2);
  });

  it('gives every call to the new one afterwards, and waits for those that the old one has', async () => {
    const { channel, calls, submit, old, next } = await overlapping();
    submit('b');
    const drained = settled(channel.cutOver());
    expect(await next.heard(1)).toEqual(['b']);
    next.says(result(2));
    submit('c');
    expect(await next.heard(2)).toEqual(['b', 'c']);
    expect(drained.value).toBeUndefined();
    old.says(result(1));
    await calls.count(2);
    await until(() => drained.value !== undefined);
    expect(drained.value).toBe(1);
    next.says(result(3));
    expect(await calls.count(3)).toEqual(['b: result 2', 'a: result 1', 'c: result 3']);
    expect(old.received).toEqual(['a']);
  });

  it('has capacity for the processes of the version that serves', async () => {
    const { channel, dial } = await overlapping();
    const more = [await dial(), await dial()];
    expect(channel.capacity).toBe(2);
    void channel.cutOver();
    await until(() => channel.capacity === 4);
    for (const one of more) one.close();
    await until(() => channel.capacity === 2);
  });

  it('waits for nothing when the old one has no call', async () => {
    const { channel, calls, old } = await overlapping();
    old.says(result(1));
    await calls.count(1);
    expect(await channel.cutOver()).toBe(0);
  });

  it('repeats on the new one a call that the old one takes with it', async () => {
    const { channel, calls, old, next } = await overlapping();
    const drained = channel.cutOver();
    old.close();
    expect(await next.heard(1)).toEqual(['a']);
    expect(await drained).toBe(1);
    next.says(result(1));
    expect(await calls.count(1)).toEqual(['a: result 1']);
  });

  it('waits no longer than the deadline of a call', async () => {
    const clock = new HandClock();
    const { channel, calls } = await overlapping(clock);
    const drained = settled(channel.cutOver());
    clock.advance(9_900);
    expect(calls.outcomes).toEqual([]);
    clock.advance(200);
    await until(() => drained.value !== undefined);
    expect([calls.outcomes, drained.value]).toEqual([['a: ERR_CALL_TIMEOUT'], 1]);
  });

  it('waits for a handshake, and does not take a connection for one', async () => {
    const clock = new HandClock();
    const { address, channel, submit, dial } = await listening(clock);
    submit('a', { timeout: 10_000 });
    await (await dial()).heard(1);
    channel.hold();
    const silent = await Requester.dial(address);
    const arrived = settled(channel.arrived(5_000));
    const from = clock.now();
    await until(() => {
      clock.advance(500);
      return arrived.value !== undefined;
    });
    expect(arrived.value).toBe(false);
    expect(clock.now() - from).toBeGreaterThanOrEqual(5_000);
    const later = channel.arrived(5_000);
    silent.says('handshake');
    expect(await later).toBe(true);
  });

  it('gives the calls back to the old one, and waits for those that the new one has', async () => {
    const { channel, calls, submit, dial, old, next } = await overlapping();
    void channel.cutOver();
    submit('b');
    await next.heard(1);
    let back = false;
    const done = channel.cutBack().then(() => (back = true));
    old.says(result(1));
    await calls.count(1);
    submit('c');
    expect(await old.heard(2)).toEqual(['a', 'c']);
    expect(back).toBe(false);
    next.says(result(2));
    await done;
    submit('d');
    // Who connects from now on is of the old version again.
    expect(await (await dial()).heard(1)).toEqual(['d']);
    expect(next.received).toEqual(['b']);
  });

  it('gives nothing back when nothing was cut over', async () => {
    const { channel, submit, old, next } = await overlapping();
    await channel.cutBack();
    submit('b');
    old.says(result(1));
    expect(await old.heard(2)).toEqual(['a', 'b']);
    expect(next.received).toEqual([]);
  });

  it('does the same with the version after that, also when one was taken back', async () => {
    const { channel, submit, dial, old, next: refused } = await overlapping();
    await channel.cutBack();
    refused.close();
    channel.hold();
    const second = await dial();
    expect(await channel.arrived(10_000)).toBe(true);
    const drained = channel.cutOver();
    old.says(result(1));
    expect(await drained).toBe(1);
    submit('b');
    await second.heard(1);
    channel.hold();
    const third = await dial();
    expect(await channel.arrived(10_000)).toBe(true);
    submit('c');
    second.says(result(2));
    expect(await second.heard(2)).toEqual(['b', 'c']);
    const again = channel.cutOver();
    submit('d');
    expect(await third.heard(1)).toEqual(['d']);
    second.says(result(3));
    expect(await again).toBe(1);
    expect(old.received).toEqual(['a']);
    channel.hold();
    await channel.cutBack();
    submit('e');
    third.says(result(4));
    expect(await third.heard(2)).toEqual(['d', 'e']);
  });

  it('waits for a call that has no end for half a minute, and no longer', async () => {
    const clock = new HandClock();
    const { channel, submit, dial } = await listening(clock);
    const old = await dial();
    submit('a', { timeout: Infinity });
    await old.heard(1);
    channel.hold();
    await dial();
    expect(await channel.arrived(10_000)).toBe(true);
    const drained = settled(channel.cutOver());
    clock.advance(29_000);
    await new Promise(setImmediate);
    expect(drained.value).toBeUndefined();
    clock.advance(1_000);
    await new Promise(setImmediate);
    expect(drained.value).toBe(1);
  });

  it('tells of nobody when the old one hangs whose process is not known: it is ending', async () => {
    const clock = new HandClock();
    const told: string[] = [];
    const stuck = ({ code }: { readonly code: string }): number => told.push(code);
    const { channel, calls, submit, next } = await overlapping(clock, { stuck });
    void channel.cutOver();
    submit('b', { timeout: 200_000 });
    await next.heard(1);
    clock.advance(41_000);
    expect([calls.outcomes, told]).toEqual([['a: ERR_CALL_TIMEOUT'], []]);
    void channel.cutBack();
    clock.advance(31_000);
    expect(told).toEqual(['ERR_CALL_TIMEOUT']);
  });
});
