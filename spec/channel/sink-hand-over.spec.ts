import { describe, expect, it } from '@jest/globals';
import { HandClock } from '../helpers/hand-clock.js';
import { connectedSink, sinkChannel } from '../helpers/sink-plugin.js';
import { until } from '../helpers/until.js';

const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);
const trimmed = (all: readonly string[]): string[] => all.map((text) => text.trim());

describe('a sink that changes processes', () => {
  it('gets everything that was sent to the old one, which closes in order', async () => {
    const { channel, recorder, plugin, accept } = await connectedSink();
    for (const value of texts(50)) accept(value, value.padEnd(1_000));
    expect(await channel.handOver()).toBe(true);
    expect(trimmed(await plugin.inbox.texts(50))).toEqual(texts(50));
    expect(plugin.inbox.gone).toEqual([{ left: 0, why: 'orderly', messages: 50 }]);
    expect(recorder.orderly).toEqual([true]);
  });

  it('keeps what comes meanwhile, and gets it in order when it is connected again', async () => {
    const { channel, recorder, plugin, start, accept } = await connectedSink();
    accept('a');
    await plugin.inbox.texts(1);
    plugin.data.pause();
    const handed = channel.handOver();
    accept('b');
    plugin.data.resume();
    expect(await handed).toBe(true);
    accept('c');
    expect(channel.depth).toBe(2);
    expect(plugin.inbox.messages).toHaveLength(1);
    await plugin.data.close();
    const next = await start();
    await channel.connect();
    accept('d');
    expect(await next.inbox.texts(3)).toEqual(['b', 'c', 'd']);
    await recorder.until(() => recorder.passed === 4);
  });

  it('sends nothing more of a long queue, and loses nothing of it', async () => {
    const { channel, recorder, plugin, start, accept } = await connectedSink();
    plugin.data.pause();
    const values = texts(200);
    for (const value of values) accept(value, value.padEnd(20_000));
    const handed = channel.handOver();
    plugin.data.resume();
    expect(await handed).toBe(true);
    const first = trimmed(plugin.inbox.messages.map(String));
    expect(channel.depth).toBe(values.length - first.length);
    expect(channel.depth).toBeGreaterThan(0);
    await plugin.data.close();
    const { inbox } = await start();
    await channel.connect();
    const rest = trimmed(await inbox.texts(values.length - first.length));
    expect([...first, ...rest]).toEqual(values);
    expect(recorder.orderly).toEqual([true]);
  });

  it('is given up when the old one reads nothing: what it had not taken waits for the new one', async () => {
    const clock = new HandClock();
    const { channel, recorder, plugin, start, accept } = await connectedSink({ clock });
    plugin.data.pause();
    const values = texts(100);
    for (const value of values) accept(value, value.padEnd(20_000));
    let handed: boolean | undefined;
    void channel.handOver(500).then((over) => (handed = over));
    await until(() => {
      clock.advance(500);
      return handed !== undefined;
    });
    expect(handed).toBe(false);
    await recorder.until(() => recorder.losses.length === 1);
    expect(recorder.orderly).toEqual([false]);
    expect(recorder.losses).toEqual([recorder.passed]);
    expect(channel.depth).toBe(values.length - recorder.passed);
    const rest = values.slice(recorder.passed);
    await plugin.data.close();
    const { inbox } = await start();
    await channel.connect();
    expect(trimmed(await inbox.texts(rest.length))).toEqual(rest);
  });

  it.each([
    ['reads nothing of what the kernel has', 'pause'],
    ['is gone before it has read what the kernel has', 'close'],
  ] as const)('tells what may be lost when the old one %s', async (_, act) => {
    const clock = new HandClock();
    const { channel, recorder, plugin, accept } = await connectedSink({ clock });
    // What a pause has not read is unread at the close.
    plugin.data.pause();
    for (const value of texts(5)) accept(value, value.padEnd(10_000));
    await recorder.until(() => recorder.passed === 5);
    let handed: boolean | undefined;
    void channel.handOver(500).then((over) => (handed = over));
    if (act === 'close') await plugin.data.close();
    await until(() => {
      if (act === 'pause') clock.advance(500);
      return recorder.losses.length === 1 && handed !== undefined;
    });
    expect(recorder.losses).toEqual([5]);
    expect(recorder.orderly).toEqual([false]);
  });

  it('waits for the ack of what is out, and sends the next value to the new one', async () => {
    const { channel, recorder, plugin, start, accept } = await connectedSink({ ackTimeout: 60_000 });
    accept('a');
    accept('b');
    await plugin.inbox.texts(1);
    const handed = channel.handOver();
    plugin.acks('{}');
    expect(await handed).toBe(true);
    expect(recorder.acks).toEqual(['a ok']);
    expect(plugin.inbox.messages).toHaveLength(1);
    await plugin.data.close();
    const next = await start();
    await channel.connect();
    expect(await next.inbox.texts(1)).toEqual(['b']);
  });

  it('has nothing to hand over while nobody is connected', async () => {
    const { channel, accept } = await sinkChannel();
    accept('a');
    expect(await channel.handOver(0)).toBe(true);
    expect(channel.depth).toBe(1);
  });

  it('may be started in the old one again', async () => {
    const { channel, plugin, accept } = await connectedSink();
    accept('a');
    await channel.handOver();
    accept('b');
    await channel.connect();
    accept('c');
    expect(await plugin.inbox.texts(3)).toEqual(['a', 'b', 'c']);
  });
});

describe('the connection of a sink', () => {
  it('does not end in order when the plugin closes it', async () => {
    const { recorder, plugin, accept } = await connectedSink();
    accept('a');
    await plugin.inbox.texts(1);
    await plugin.data.close();
    await recorder.until(() => recorder.orderly.length === 1);
    expect([recorder.orderly, recorder.losses]).toEqual([[false], [1]]);
  });

  it('does not end in order when it is dropped', async () => {
    const { channel, recorder } = await connectedSink();
    channel.disconnect();
    await recorder.until(() => recorder.orderly.length === 1);
    expect(recorder.orderly).toEqual([false]);
  });
});
