/** The channel of a sink against a plugin that takes several values in a frame, as our SDK does. */
import { describe, expect, it } from '@jest/globals';
import { BATCH_BYTES, SinkFrame } from '../../lib/wire/sink-batch.js';
import type { PullRecorder } from '../helpers/recorder.js';
import { connectedSink, sinkChannel } from '../helpers/sink-plugin.js';

const MAGIC = '\u0001rxbatch';
const texts = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);
const batches = (): boolean => true;

const read = new WeakMap<Buffer, readonly string[]>();

function valuesIn(message: Buffer): readonly string[] {
  const known = read.get(message);
  if (known !== undefined) return known;
  const frame = SinkFrame.read(message, 'x');
  const values: string[] = [];
  while (frame.next()) values.push(frame.text().trim());
  read.set(message, values);
  return values;
}

/** The values of each frame. */
const framesOf = ({ messages }: PullRecorder): (readonly string[])[] => messages.map(valuesIn);

const valuesOf = (inbox: PullRecorder): string[] => framesOf(inbox).flat();

/** Resolves when so many values have come. */
async function received(inbox: PullRecorder, count: number): Promise<string[]> {
  await inbox.until(() => valuesOf(inbox).length >= count);
  return valuesOf(inbox);
}

describe('a sink whose plugin takes batches', () => {
  it('sends in one frame what waited, and what comes in one tick; one alone as it is', async () => {
    const { channel, recorder, start, accept } = await sinkChannel({ batches });
    for (const value of texts(3)) accept(value);
    const { inbox } = await start();
    await channel.connect();
    await received(inbox, 3);
    for (const value of ['a', 'b']) accept(value);
    await received(inbox, 5);
    accept('c');
    await received(inbox, 6);
    expect(framesOf(inbox)).toEqual([['0', '1', '2'], ['a', 'b'], ['c']]);
    expect(inbox.messages[2]?.toString()).toBe('c');
    await recorder.until(() => recorder.passed === 6);
    expect(channel.depth).toBe(0);
  });

  it('sends more than the kernel takes at once, in order', async () => {
    const { channel, recorder, plugin, accept } = await connectedSink({ batches });
    const values = texts(12_000);
    for (const value of values) accept(value, value.padEnd(Number(value) % 100));
    expect(channel.waits).toBeGreaterThan(0);
    expect(await received(plugin.inbox, values.length)).toEqual(values);
    await recorder.until(() => recorder.passed === values.length);
    expect(channel.depth).toBe(0);
    expect(plugin.inbox.messages.length).toBeLessThan(values.length / 20);
  });

  it('sends again the values that the kernel had not taken when the connection broke', async () => {
    const { channel, recorder, plugin, start, accept } = await connectedSink({ batches });
    plugin.data.pause();
    const values = texts(2_000);
    for (const value of values) accept(value, value.padEnd(1_000));
    await recorder.until(() => recorder.passed > 0);
    await plugin.data.close();
    await recorder.until(() => recorder.losses.length === 1);
    const { passed } = recorder;
    expect(passed).toBeLessThan(values.length);
    expect(channel.depth).toBe(values.length - passed);
    expect(recorder.losses).toEqual([passed]);

    const { inbox } = await start();
    await channel.connect();
    expect(await received(inbox, values.length - passed)).toEqual(values.slice(passed));
    await recorder.until(() => recorder.passed === values.length);
  });

  it('sends again what was to leave at the end of the tick in which the connection went', async () => {
    const { channel, recorder, plugin, start, accept } = await connectedSink({ batches });
    for (const value of ['a', 'b']) accept(value);
    channel.disconnect();
    await recorder.until(() => recorder.losses.length === 1);
    expect([channel.depth, recorder.passed, recorder.losses]).toEqual([2, 0, [0]]);
    await plugin.data.close();
    const { inbox } = await start();
    await channel.connect();
    expect(await received(inbox, 2)).toEqual(['a', 'b']);
  });

  it('is drained, and handed over, with the values of the tick at hand', async () => {
    const { channel, plugin, accept } = await connectedSink({ batches });
    for (const value of texts(100)) accept(value);
    expect(await channel.handOver()).toBe(true);
    expect(valuesOf(plugin.inbox)).toEqual(texts(100));
    for (const value of ['a', 'b']) accept(value);
    expect(channel.depth).toBe(2);
    await channel.connect();
    expect(await channel.drain()).toBe(true);
    expect(valuesOf(plugin.inbox).slice(100)).toEqual(['a', 'b']);
  });

  it('keeps to its policy for what waits, and for nothing else', async () => {
    const { channel, start, accept } = await sinkChannel({ batches, overflow: { size: 2, policy: 'drop-newest' } });
    const admissions = texts(3).map((value) => accept(value).dropped);
    const { inbox } = await start();
    await channel.connect();
    admissions.push(...texts(100).map((value) => accept(value).dropped));
    expect(admissions).toEqual([0, 0, 1, ...texts(100).map(() => 0)]);
    expect(await received(inbox, 102)).toEqual(['0', '1', ...texts(100)]);
  });
});

describe('an error of a value in a batch', () => {
  it('is told, and none is missed', async () => {
    const { channel, recorder, plugin, accept } = await connectedSink({ batches });
    for (const value of texts(3)) accept(value);
    await received(plugin.inbox, 3);
    plugin.acks('{"error":"not 1"}', '{"error":"not 2"}');
    await recorder.until(() => recorder.complaints.length === 2);
    expect(recorder.complaints).toEqual([expect.stringContaining('not 1'), expect.stringContaining('not 2')]);
    expect([recorder.passed, channel.depth]).toEqual([3, 0]);
  });
});

describe('a sink whose values are not to share frames', () => {
  const values = ['a', MAGIC, 'b'];

  it('sends them byte for byte to a plugin that takes no batches', async () => {
    const { plugin, accept } = await connectedSink({ batches: () => false });
    for (const value of values) accept(value);
    expect(await plugin.inbox.texts(3)).toEqual(values);
  });

  it.each([
    ['has each acknowledged', { ackTimeout: 60_000 }],
    ['has a plugin with a low limit', { maxSend: () => BATCH_BYTES - 1 }],
  ])('sends one at a time where it %s', async (_, options) => {
    const { plugin, accept } = await connectedSink({ batches, ...options });
    plugin.inbox.each = () => plugin.acks('{}');
    for (const value of values) accept(value);
    await received(plugin.inbox, 3);
    expect(framesOf(plugin.inbox)).toEqual(values.map((value) => [value]));
  });
});

describe('a sink that changes processes', () => {
  it('asks each of them whether it takes batches', async () => {
    let takes = true;
    const { channel, plugin, start, accept } = await connectedSink({ batches: () => takes });
    for (const value of ['a', 'b']) accept(value);
    await channel.handOver();
    await plugin.data.close();
    for (const value of ['c', 'd']) accept(value);
    takes = false;
    const stock = await start();
    await channel.connect();
    for (const value of ['e', 'f']) accept(value);
    expect(await stock.inbox.texts(4)).toEqual(['c', 'd', 'e', 'f']);
    await channel.handOver();
    await stock.data.close();
    takes = true;
    for (const value of ['g', 'h']) accept(value);
    const { inbox } = await start();
    await channel.connect();
    expect([framesOf(plugin.inbox), framesOf(inbox)]).toEqual([[['a', 'b']], []]);
    await received(inbox, 2);
    expect(framesOf(inbox)).toEqual([['g', 'h']]);
  });
});
