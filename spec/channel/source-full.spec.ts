/** What of a stopped source may wait for its rule, and what becomes of the rest. */
import { describe, expect, it } from '@jest/globals';
import { HandClock } from '../helpers/hand-clock.js';
import { frame } from '../helpers/raw-peer.js';
import { connected } from '../helpers/source-end.js';
import { until } from '../helpers/until.js';

const MI = 1_048_576;
const COUNT = 70;
/** So many of them fit in what may wait. */
const MOST = 63;

const message = (i: number): string => `${i} ${'x'.repeat(MI)}`;

/** A stopped source that has `COUNT` tuples of a MiB left, and closes its end; its rule asks for a pause at each. */
async function stopped(patient: boolean) {
  const { recorder, channel, source } = await connected({ patient: () => patient });
  const got: number[] = [];
  recorder.handler.tuple = (text) => {
    channel.pause();
    got.push(Number.parseInt(String(text)));
  };
  await recorder.until(() => recorder.opened > 0);
  channel.pause();
  channel.collect();
  for (let i = 0; i < COUNT; i += 1) source.write(frame(JSON.stringify({ message: message(i) })));
  source.socket.end();
  /** What the source has not been able to send. */
  const left = (): number => source.socket.writableLength;
  /** Until it is not read any more: its end can not have come. */
  const full = async (): Promise<void> => {
    while (!(await channel.drained(50)));
  };
  return { recorder, channel, got, left, full };
}

const all = Array.from({ length: COUNT }, (_, i) => i);

describe('a stopped source of which too much comes', () => {
  it('waits where it can, and is read to its end as the rule takes what has come', async () => {
    const { channel, got, left, full } = await stopped(true);
    await full();
    expect(left()).toBeGreaterThan((COUNT - MOST - 3) * MI);
    expect(got).toEqual([]);
    // STOP need not be repeated, and the rest is waited for.
    expect(await channel.drained(10_000)).toBe(true);
    let over = false;
    void channel.delivered().then(() => (over = true));
    while (!over) {
      channel.resume();
      await new Promise(setImmediate);
    }
    expect(got).toEqual(all);
  });

  it('is waited for as long as something comes of what it had left, and for a while more', async () => {
    const clock = new HandClock();
    const { recorder, channel, source, send } = await connected({ patient: () => true, clock });
    await recorder.until(() => recorder.opened > 0);
    channel.pause();
    channel.collect();
    for (let i = 0; i < COUNT; i += 1) source.write(frame(JSON.stringify({ message: message(i) })));
    const full = (): Promise<boolean> => {
      const drained = channel.drained(1);
      clock.advance(1);
      return drained;
    };
    while (!(await full())) await new Promise(setImmediate);
    let over = false;
    void channel.delivered().then(() => (over = true));
    channel.resume();
    const comes = (count: number): Promise<unknown> =>
      until(() => {
        clock.advance(1);
        return recorder.news.length === count;
      }, `${count} tuples`);
    await comes(COUNT);
    for (let more = 1; more <= 3; more += 1) {
      clock.advance(1_000);
      await new Promise(setImmediate);
      send('{"message":"more"}');
      await comes(COUNT + more);
      expect(over).toBe(false);
    }
    for (let silence = 0; silence < 4; silence += 1) {
      clock.advance(1_000);
      await new Promise(setImmediate);
    }
    expect(over).toBe(true);
  });

  it('comes to its end when nobody takes it any longer', async () => {
    const { channel, got, full } = await stopped(true);
    await full();
    const delivered = channel.delivered();
    channel.flush();
    await delivered;
    expect(got).toEqual(all);
  });

  it('is read in gulps where it can not: the oldest go on, whatever the rule holds', async () => {
    const { recorder, channel, got } = await stopped(false);
    await recorder.until(() => recorder.news.includes('ended'));
    expect(got).toEqual(all.slice(0, COUNT - MOST));
    expect(await channel.drained(0)).toBe(true);
    channel.flush();
    expect(got).toEqual(all);
  });
});
