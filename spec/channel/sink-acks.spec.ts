import { describe, expect, it } from '@jest/globals';
import type { SinkChannelOptions } from '../../lib/channel/sink-handler.js';
import { after, systemClock } from '../../lib/clock.js';
import { HandClock } from '../helpers/hand-clock.js';
import { connectedSink } from '../helpers/sink-plugin.js';
import { until } from '../helpers/until.js';

/** Acks are required; the process has got its first value, and another one waits. */
async function awaiting(clock = new HandClock(), more: Partial<SinkChannelOptions> = {}) {
  const all = await connectedSink({ clock, ackTimeout: 100, ...more });
  all.accept('a');
  all.accept('b');
  await all.plugin.inbox.texts(1);
  return { ...all, clock };
}

describe('a sink that must acknowledge', () => {
  it('gets one value at a time', async () => {
    const { channel, recorder, plugin } = await awaiting();
    expect(channel.depth).toBe(2);
    plugin.acks('{}');
    expect(await plugin.inbox.texts(2)).toEqual(['a', 'b']);
    expect(recorder.acks).toEqual(['a ok']);
    plugin.acks('{}');
    await recorder.until(() => recorder.acks.length === 2);
    expect(recorder.acks).toEqual(['a ok', 'b ok']);
    expect(channel.depth).toBe(0);
    expect(recorder.passed).toBe(0);
  });

  it('may answer with an error', async () => {
    const { recorder, plugin } = await awaiting();
    plugin.acks('{"error":"disk full"}');
    await plugin.inbox.texts(2);
    expect(recorder.acks).toEqual(['a ERR_SINK_ACK']);
    expect(recorder.complaints).toEqual([]);
  });

  it('is answered for, in its turn, when a value is over its limit', async () => {
    const { recorder, plugin, accept } = await awaiting(undefined, { maxSend: () => 3 });
    accept('long');
    accept('c');
    plugin.acks('{}');
    await plugin.inbox.texts(2);
    plugin.acks('{}');
    expect(await plugin.inbox.texts(3)).toEqual(['a', 'b', 'c']);
    expect(recorder.acks).toEqual(['a ok', 'b ok', 'long ERR_FRAME_TOO_LARGE']);
  });

  it('is not sent the next value before its late ack has come, which is not taken for another', async () => {
    const { recorder, plugin, clock } = await awaiting();
    clock.advance(99);
    expect(recorder.acks).toEqual([]);
    clock.advance(1);
    expect(recorder.acks).toEqual(['a ERR_SINK_ACK_TIMEOUT']);
    expect(plugin.inbox.messages).toHaveLength(1);
    plugin.acks('{}');
    expect(await plugin.inbox.texts(2)).toEqual(['a', 'b']);
    expect(recorder.acks).toEqual(['a ERR_SINK_ACK_TIMEOUT']);
    plugin.acks('{}');
    await recorder.until(() => recorder.acks.length === 2);
    expect(recorder.acks[1]).toBe('b ok');
  });

  it('tells with a late ack what went wrong', async () => {
    const { recorder, plugin, clock } = await awaiting();
    clock.advance(100);
    plugin.acks('{"error":"disk full"}');
    await plugin.inbox.texts(2);
    expect(recorder.complaints).toEqual([expect.stringContaining('disk full')]);
  });

  it('is sent the next value when its ack never comes', async () => {
    const { recorder, plugin, clock } = await awaiting();
    clock.advance(100);
    clock.advance(100);
    expect(await plugin.inbox.texts(2)).toEqual(['a', 'b']);
    clock.advance(100);
    expect(recorder.acks).toEqual(['a ERR_SINK_ACK_TIMEOUT', 'b ERR_SINK_ACK_TIMEOUT']);
  });

  it('takes one timer at a time, not one for each value', async () => {
    const clock = new HandClock();
    const { recorder, plugin, accept } = await connectedSink({ clock, ackTimeout: 1_000 });
    const before = clock.timers;
    for (let n = 1; n <= 200; n += 1) {
      accept(`${n}`);
      await plugin.inbox.texts(n);
      clock.advance(1);
      plugin.acks('{}');
      await recorder.until(() => recorder.acks.length === n);
    }
    expect(recorder.acks.every((ack) => ack.endsWith(' ok'))).toBe(true);
    expect(clock.timers - before).toBe(1);
    accept('last');
    await plugin.inbox.texts(201);
    clock.advance(999);
    expect(recorder.acks).toHaveLength(200);
    clock.advance(1);
    expect(recorder.acks[200]).toBe('last ERR_SINK_ACK_TIMEOUT');
  });

  it('may take as long as it likes where there is no deadline', async () => {
    const { recorder, plugin, accept } = await connectedSink({ ackTimeout: Infinity });
    accept('a');
    await plugin.inbox.texts(1);
    await new Promise<void>((resolve) => after(systemClock, 30, resolve));
    expect(recorder.acks).toEqual([]);
    plugin.acks('{}');
    await recorder.until(() => recorder.acks.length === 1);
    expect(recorder.acks).toEqual(['a ok']);
  });

  it('gets a value again that it had not acknowledged when its connection broke', async () => {
    const { channel, recorder, plugin, start, clock } = await awaiting();
    plugin.acks('{}');
    await plugin.inbox.texts(2);
    await plugin.data.close();
    await recorder.until(() => recorder.losses.length === 1);
    // One was acknowledged, the other goes out again: nothing may be lost.
    expect(recorder.losses).toEqual([0]);
    clock.advance(1_000);
    const next = await start();
    await channel.connect();
    expect(await next.inbox.texts(1)).toEqual(['b']);
    next.acks('{}');
    await recorder.until(() => recorder.acks.length === 2);
    expect(recorder.acks).toEqual(['a ok', 'b ok']);
  });

  it('is drained when it has acknowledged everything', async () => {
    const { channel, recorder, plugin } = await awaiting();
    const drained = channel.drain(100_000);
    plugin.acks('{}');
    await plugin.inbox.texts(2);
    plugin.acks('{}');
    expect(await drained).toBe(true);
    expect(recorder.acks).toEqual(['a ok', 'b ok']);
    expect(plugin.inbox.gone).toHaveLength(1);
  });

  it.each([false, true])(
    'is not drained without an ack in time, and what is left is counted: late %s',
    async (late) => {
      const clock = new HandClock();
      const { channel, accept, plugin, recorder } = await awaiting(clock, { ackPatience: () => 250 });
      for (const value of 'cdefg') accept(value);
      let drained: boolean | undefined;
      void channel.drain().then((is) => (drained = is));
      for (let sent = 1; drained === undefined; sent += 1) {
        await plugin.inbox.texts(sent);
        clock.advance(100);
        // A late ack, or none for as long again: the next value goes out.
        if (late) plugin.acks('{}');
        else clock.advance(100);
        await until(() => drained !== undefined || plugin.inbox.messages.length > sent);
      }
      expect([drained, clock.now()]).toEqual([false, 400]);
      const answered = late ? 4 : 2;
      expect(recorder.acks).toEqual([...'abcd'].slice(0, answered).map((value) => `${value} ERR_SINK_ACK_TIMEOUT`));
      await channel.close((count) => recorder.dropped.push(count));
      expect(recorder.dropped).toEqual([7 - answered]);
    },
  );

  it('is drained for as long as one in time comes now and then', async () => {
    const clock = new HandClock();
    const { channel, accept, plugin, recorder } = await awaiting(clock, { ackPatience: () => 0 });
    for (const value of 'cdefg') accept(value);
    const drained = channel.drain();
    for (let sent = 1; sent <= 7; sent += 1) {
      await plugin.inbox.texts(sent);
      clock.advance(90);
      plugin.acks('{}');
      await recorder.until(() => recorder.acks.length === sent);
    }
    expect(await drained).toBe(true);
  });

  it('is drained no longer when that is cut short', async () => {
    const clock = new HandClock();
    const { channel, plugin } = await awaiting(clock, { ackPatience: () => Infinity });
    const drained = channel.drain();
    await new Promise(setImmediate);
    channel.cutShort();
    for (let second = 0; second < 3; second += 1) {
      await new Promise(setImmediate);
      clock.advance(1_000);
    }
    expect(await drained).toBe(false);
    expect(plugin.inbox.messages.length).toBeLessThanOrEqual(2);
  });

  it('may say unasked that something went wrong', async () => {
    const { recorder, plugin, accept } = await connectedSink({ ackTimeout: 5_000 });
    plugin.acks('{"error":"disk full"}');
    await recorder.until(() => recorder.complaints.length === 1);
    expect(recorder.complaints).toEqual([expect.stringContaining('disk full')]);
    accept('a');
    await plugin.inbox.texts(1);
    plugin.acks('{}');
    await recorder.until(() => recorder.acks.length === 1);
    expect(recorder.acks).toEqual(['a ok']);
  });
});

describe('a sink that need not acknowledge', () => {
  it('may do so all the same: nobody waits for it, and all is read', async () => {
    const { recorder, plugin, accept } = await connectedSink();
    plugin.acks(...Array.from({ length: 50_000 }, () => '{}'), '{"error":"disk full"}');
    await recorder.until(() => recorder.complaints.length === 1);
    for (const value of ['a', 'b']) accept(value);
    await recorder.until(() => recorder.passed === 2);
    expect(recorder.acks).toEqual([]);
    expect(recorder.complaints).toEqual([expect.stringContaining('disk full')]);
  });
});
