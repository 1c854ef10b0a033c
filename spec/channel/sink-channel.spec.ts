import { describe, expect, it } from '@jest/globals';
import { nativeTransport } from '../../lib/sp/native.js';
import type { PullSocket } from '../../lib/sp/transport.js';
import type { Overflow } from '../../lib/stage.js';
import { HandClock } from '../helpers/hand-clock.js';
import { connectedSink, sinkChannel } from '../helpers/sink-plugin.js';
import { until } from '../helpers/until.js';

const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);

describe('the channels of a sink', () => {
  it('keep what comes before they are connected, and send it in order', async () => {
    const { channel, recorder, start, accept } = await sinkChannel();
    accept('a');
    accept('b');
    expect(channel.depth).toBe(2);
    const { inbox } = await start();
    await channel.connect();
    accept('c');
    expect(await inbox.texts(3)).toEqual(['a', 'b', 'c']);
    await recorder.until(() => recorder.passed === 3);
    expect(channel.depth).toBe(0);
  });

  it('send more than the kernel takes at once, in order', async () => {
    const { channel, recorder, plugin, accept } = await connectedSink();
    const values = texts(5_000);
    for (const value of values) accept(value, value.padEnd(1_000));
    const received = await plugin.inbox.texts(values.length);
    expect(received.map((text) => text.trim())).toEqual(values);
    await recorder.until(() => recorder.passed === values.length);
    expect(channel.depth).toBe(0);
  });

  it('send again what the kernel had not taken when the connection broke', async () => {
    const { channel, recorder, plugin, start, accept } = await connectedSink();
    plugin.data.pause();
    const values = texts(100);
    for (const value of values.slice(0, 5)) accept(value, value.padEnd(20_000));
    await recorder.until(() => recorder.passed === 5);
    for (const value of values.slice(5)) accept(value, value.padEnd(20_000));
    await plugin.data.close();
    await recorder.until(() => recorder.losses.length === 1);
    const { passed } = recorder;
    expect(passed).toBeLessThan(values.length);
    expect(channel.depth).toBe(values.length - passed);
    // At most what the kernel and a Go plugin hold, and never more than was passed.
    expect(recorder.losses).toEqual([passed]);

    const { inbox } = await start();
    await channel.connect();
    const rest = values.slice(passed);
    expect((await inbox.texts(rest.length)).map((text) => text.trim())).toEqual(rest);
    await recorder.until(() => recorder.passed === values.length);
  });

  it.each<[Overflow['policy'], boolean]>([
    ['drop-oldest', false],
    ['drop-newest', false],
    ['error', true],
  ])('keep to %s when a broken connection puts back what was out', async (policy, failed) => {
    const { channel, recorder, plugin, start, accept } = await connectedSink({ overflow: { size: 10, policy } });
    plugin.data.pause();
    const values = texts(100);
    for (const value of values) accept(value, value.padEnd(20_000));
    expect(channel.waits).toBe(10);
    const [out, { passed }] = [channel.depth - channel.waits, recorder];
    expect(out).toBeGreaterThan(0);
    await plugin.data.close();
    await recorder.until(() => recorder.losses.length === 1);
    expect(channel.depth).toBe(10);
    // The kernel may have taken some of them in the end.
    const again = out - (recorder.passed - passed);
    expect(recorder.surplus).toEqual([{ dropped: again, failed: failed && again > 0 }]);
    expect(again).toBeGreaterThan(0);

    const { inbox } = await start();
    await channel.connect();
    const first = policy === 'drop-oldest' ? 90 : recorder.passed;
    expect((await inbox.texts(10)).map((text) => text.trim())).toEqual(values.slice(first, first + 10));
  });

  it('bound what a broken connection may have held', async () => {
    const { recorder, plugin, accept } = await connectedSink();
    for (const value of texts(2_000)) accept(value, value.padEnd(1_000));
    await recorder.until(() => recorder.passed === 2_000);
    await plugin.data.close();
    await recorder.until(() => recorder.losses.length === 1);
    expect(recorder.losses).toEqual([Math.ceil(212_992 / 1_000) + 128]);
  });

  it.each<[Overflow['policy'], boolean, string]>([
    ['drop-oldest', false, 'bc'],
    ['drop-newest', false, 'ab'],
    ['latest', false, 'c'],
    ['error', true, 'ab'],
  ])('keep to %s while nothing is sent', async (policy, failed, kept) => {
    const { channel, start, accept } = await sinkChannel({ overflow: { size: 2, policy } });
    const admissions = ['a', 'b', 'c'].map((value) => accept(value));
    expect(admissions.at(-1)).toEqual({ dropped: 1, failed });
    expect(channel.depth).toBe(kept.length);
    const { inbox } = await start();
    await channel.connect();
    expect(await inbox.texts(kept.length)).toEqual([...kept]);
  });

  it('leave out a value over the limit of the plugin, and go on', async () => {
    const { recorder, plugin, accept } = await connectedSink({ maxSend: () => 3 });
    for (const value of ['a', 'long', 'b']) accept(value);
    expect(await plugin.inbox.texts(2)).toEqual(['a', 'b']);
    expect(recorder.failures).toEqual(['ERR_FRAME_TOO_LARGE']);
  });

  it('are drained when the plugin has read everything', async () => {
    const { channel, plugin, accept } = await connectedSink();
    for (const value of texts(1_000)) accept(value, value.padEnd(1_000));
    expect(await channel.drain(10_000)).toBe(true);
    expect(plugin.inbox.messages).toHaveLength(1_000);
    expect(plugin.inbox.gone).toEqual([{ left: 0, why: 'orderly', messages: 1_000 }]);
  });

  it('are drained when nobody was ever there, and nothing waits', async () => {
    const { channel } = await sinkChannel();
    expect(await channel.drain(0)).toBe(true);
  });

  it('are drained when the last value can not be sent', async () => {
    const { channel, start, accept } = await sinkChannel({ maxSend: () => 3 });
    accept('long');
    const drained = channel.drain(100_000);
    await start();
    await channel.connect();
    expect(await drained).toBe(true);
  });

  it('are not drained when nothing moves', async () => {
    const clock = new HandClock();
    const { channel, plugin, accept } = await connectedSink({ clock });
    plugin.data.pause();
    for (const value of texts(100)) accept(value, value.padEnd(20_000));
    const drained = channel.drain(500);
    const answered = { done: false };
    void drained.then(() => (answered.done = true));
    // What the kernel takes before it is full moves the deadline.
    await until(() => {
      clock.advance(500);
      return answered.done;
    });
    expect(await drained).toBe(false);
    expect(channel.depth).toBeGreaterThan(0);
  });

  it('are drained late when the plugin works without a sign of it, and not while nobody is connected', async () => {
    const clock = new HandClock();
    let looks = 0;
    const effort = (): number => (looks += 1) * 1_000;
    const { channel, plugin, accept } = await connectedSink({ clock, effort });
    plugin.data.pause();
    for (const value of texts(100)) accept(value, value.padEnd(20_000));
    let drained: boolean | undefined;
    void channel.drain(500).then((is) => (drained = is));
    await until(() => {
      clock.advance(500);
      return looks > 3;
    });
    expect(drained).toBeUndefined();
    plugin.data.resume();
    await until(() => drained !== undefined);
    expect(drained).toBe(true);

    accept('b');
    const [before, again] = [looks, channel.drain(500)];
    await new Promise(setImmediate);
    clock.advance(500);
    expect([await again, looks]).toEqual([false, before]);
  });

  it('are not drained when nobody will take anything', async () => {
    const { channel, accept } = await sinkChannel();
    accept('a');
    const drained = channel.drain(100_000);
    channel.giveUp();
    expect(await drained).toBe(false);
    expect(await channel.drain(100_000)).toBe(false);
  });

  it('are drained when somebody takes it after all', async () => {
    const { channel, recorder, start, accept } = await sinkChannel();
    channel.giveUp();
    const { inbox } = await start();
    await channel.connect();
    accept('a');
    expect(await channel.drain(10_000)).toBe(true);
    expect(inbox.messages.map(String)).toEqual(['a']);
    expect(recorder.passed).toBe(1);
  });

  it('tell before they are closed what the plugin may not have read', async () => {
    const { channel, recorder, plugin, accept } = await connectedSink();
    plugin.data.pause();
    for (const value of texts(5)) accept(value, value.padEnd(20_000));
    expect(await channel.drain(50)).toBe(false);
    await channel.close((count) => recorder.dropped.push(count));
    expect([recorder.losses, recorder.orderly, recorder.dropped]).toEqual([[5], [false], []]);
  });

  it('count what is left when they close: it is either here or told at each moment', async () => {
    const pull = () => Promise.resolve({ close: () => Promise.resolve() } as PullSocket);
    const { channel, recorder, accept } = await sinkChannel({ transport: { ...nativeTransport, pull } });
    for (const value of ['a', 'b', 'c']) accept(value);
    void channel.close((count) => recorder.dropped.push(count));
    const seen: number[] = [];
    // As any chain of promises would look that is under way.
    for (let look = 0; look < 20; look += 1) {
      await Promise.resolve();
      seen.push(channel.depth + (recorder.dropped[0] ?? 0));
    }
    expect([new Set(seen), recorder.dropped, channel.depth]).toEqual([new Set([3]), [3], 0]);
  });

  it('can not be connected when nobody listens', async () => {
    const clock = new HandClock();
    const { channel } = await sinkChannel({ clock });
    let code: unknown;
    channel.connect().catch((error: { readonly code: unknown }) => (code = error.code));
    await until(() => {
      clock.advance(1_000);
      return code !== undefined;
    });
    expect(code).toBe('ERR_CHANNEL_DIAL');
    expect(clock.now()).toBeGreaterThanOrEqual(5_000);
  });

  it('hang up on a connection that comes after it was given up', async () => {
    const { channel, recorder, start, accept } = await sinkChannel();
    const connecting = channel.connect();
    channel.disconnect();
    const { inbox } = await start();
    accept('a');
    await connecting;
    await inbox.until(() => inbox.gone.length === 1);
    expect(inbox.messages).toEqual([]);
    expect(recorder.losses).toEqual([]);
    await channel.connect();
    expect(await inbox.texts(1)).toEqual(['a']);
  });
});
