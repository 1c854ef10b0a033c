import { describe, expect, it } from '@jest/globals';
import { after, systemClock } from '../../lib/clock.js';
import { HandClock } from '../helpers/hand-clock.js';
import { connectedSink } from '../helpers/sink-plugin.js';

/** Acks are required; the process has got its first value, and another one waits. */
async function awaiting(clock = new HandClock()) {
  const all = await connectedSink({ clock, ackTimeout: 100 });
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

  it('is not drained without its ack, and what is left is counted', async () => {
    const { channel, clock } = await awaiting();
    const drained = channel.drain(50);
    clock.advance(50);
    expect(await drained).toBe(false);
    expect(await channel.close()).toBe(2);
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
