import { describe, expect, it } from '@jest/globals';
import { HandClock } from '../helpers/hand-clock.js';
import { frame, type RawPeer } from '../helpers/raw-peer.js';
import { connected } from '../helpers/source-end.js';
import { until } from '../helpers/until.js';

const tuple = (message: number): Buffer => frame(`{"message":${message}}`);
const tuples = (...messages: readonly number[]): unknown[] => messages.map((message) => [message, {}]);

/** The timers of newcomers that wait. */
const fuses = ({ actions }: HandClock): number => actions.filter(({ closed, delay }) => !closed && delay === 50).length;

/** A source has sent 1; another one has connected, has sent 10, and waits. */
async function two(patient = true) {
  const clock = new HandClock();
  const all = await connected({ clock, patient: () => patient });
  all.source.write(tuple(1));
  await all.recorder.count(1);
  const follow = async (first: number): Promise<RawPeer> => {
    const { opened } = all.recorder;
    const next = await all.dial();
    next.write(tuple(first));
    await all.recorder.until(() => all.recorder.opened > opened);
    return next;
  };
  return { ...all, clock, follow };
}

describe('a source that connects while another one is connected', () => {
  it('is read when that has come to its end', async () => {
    const { recorder, source, follow, clock } = await two();
    const next = await follow(10);
    source.write(tuple(2));
    expect(await recorder.count(2)).toEqual(tuples(1, 2));
    source.write(tuple(3));
    source.socket.end();
    next.write(tuple(11));
    expect(await recorder.count(5)).toEqual(tuples(1, 2, 3, 10, 11));
    expect(fuses(clock)).toBe(0);
  });

  it('has the other one read to its end also while the rule takes nothing', async () => {
    const { recorder, channel, source, follow, clock } = await two();
    channel.pause();
    source.write(tuple(2), tuple(3));
    source.socket.end();
    const next = await follow(10);
    await source.gone();
    await until(() => fuses(clock) === 0, 'the newcomer is let in');
    next.write(tuple(11));
    expect(recorder.news).toEqual(tuples(1));
    channel.resume();
    expect(await recorder.count(5)).toEqual(tuples(1, 2, 3, 10, 11));
  });

  it('is read in gulps after that, where it can not wait', async () => {
    const { recorder, channel, source, follow, clock } = await two(false);
    channel.pause();
    source.write(tuple(2));
    source.socket.end();
    await follow(10);
    await until(() => fuses(clock) === 0, 'the newcomer is let in');
    expect(recorder.news).toEqual(tuples(1));
    clock.advance(400);
    expect(await recorder.count(3)).toEqual(tuples(1, 2, 10));
  });

  it('waits for those before it, each in turn', async () => {
    const { recorder, source, follow } = await two();
    const second = await follow(10);
    const third = await follow(20);
    source.socket.end();
    expect(await recorder.count(2)).toEqual(tuples(1, 10));
    second.write(tuple(11));
    expect(await recorder.count(3)).toEqual(tuples(1, 10, 11));
    second.socket.end();
    expect(await recorder.count(4)).toEqual(tuples(1, 10, 11, 20));
    third.socket.end();
    expect((await recorder.count(5))[4]).toBe('ended');
  });

  it('waits for 400 ms where the other one lives on, and then both are read', async () => {
    const { recorder, source, follow, clock } = await two();
    const next = await follow(10);
    clock.advance(399);
    source.write(tuple(2));
    expect(await recorder.count(2)).toEqual(tuples(1, 2));
    clock.advance(1);
    expect(await recorder.count(3)).toEqual(tuples(1, 2, 10));
    source.write(tuple(3));
    await recorder.count(4);
    next.write(tuple(11));
    expect(await recorder.count(5)).toEqual(tuples(1, 2, 10, 3, 11));
  });

  it('holds nobody back any longer than the first of those that wait', async () => {
    const { recorder, follow, clock } = await two();
    await follow(10);
    clock.advance(200);
    await follow(20);
    clock.advance(200);
    expect([...(await recorder.count(3))].sort()).toEqual(tuples(1, 10, 20).sort());
    expect(fuses(clock)).toBe(0);
  });

  it('is paused with the other one again when that has had its time', async () => {
    const { recorder, channel, source, follow, clock } = await two();
    channel.pause();
    await follow(10);
    clock.advance(400);
    source.write(tuple(2));
    clock.advance(10_000);
    await new Promise(setImmediate);
    expect(recorder.news).toEqual(tuples(1));
    channel.resume();
    expect([...(await recorder.count(3))].sort()).toEqual(tuples(1, 10, 2).sort());
  });

  it('is read to its end when it is stopped meanwhile', async () => {
    const { recorder, channel, source, follow } = await two();
    channel.pause();
    source.write(tuple(2));
    const next = await follow(10);
    channel.collect();
    source.socket.end();
    next.write(tuple(11));
    next.socket.end();
    expect(await channel.drained(10_000)).toBe(true);
    expect(recorder.news).toEqual([...tuples(1), 'ended']);
    channel.flush();
    expect(recorder.news).toEqual([...tuples(1), 'ended', ...tuples(2, 10, 11)]);
  });

  it('is one of those before the next version when the source changes processes meanwhile', async () => {
    const { recorder, channel, source, follow, dial } = await two();
    const next = await follow(10);
    source.socket.end();
    expect(await recorder.count(2)).toEqual(tuples(1, 10));
    channel.handOver();
    (await dial()).write(tuple(20));
    const taken = channel.takeOver();
    next.write(tuple(11));
    next.socket.end();
    expect(await taken).toBe(true);
    expect(await recorder.count(4)).toEqual(tuples(1, 10, 11, 20));
  });

  it('leaves no timer when its channel closes meanwhile', async () => {
    const { channel, follow, clock } = await two();
    await follow(10);
    await channel.close();
    expect(fuses(clock)).toBe(0);
  });
});
