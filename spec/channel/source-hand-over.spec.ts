import { describe, expect, it } from '@jest/globals';
import { nativeTransport } from '../../lib/sp/native.js';
import type { Transport } from '../../lib/sp/transport.js';
import { HandClock } from '../helpers/hand-clock.js';
import { frame, type RawPeer } from '../helpers/raw-peer.js';
import { connected, listening } from '../helpers/source-end.js';
import { until } from '../helpers/until.js';

const tuple = (message: number): Buffer => frame(`{"message":${message}}`);
const tuples = (...messages: readonly number[]): unknown[] => messages.map((message) => [message, {}]);

/** The old source has sent 1 and the hand-over has begun. */
async function handing(clock?: HandClock) {
  const all = await connected(clock && { clock });
  all.source.write(tuple(1));
  await all.recorder.count(1);
  all.channel.handOver();
  return all;
}

/** The timer of a newcomer that waits. */
const fuses = ({ actions }: HandClock): number =>
  actions.filter(({ closed, delay }) => !closed && delay === 400).length;

/** A newcomer has connected as well, and has sent 10. */
async function newcomer() {
  const clock = new HandClock();
  const all = await handing(clock);
  const next: RawPeer = await all.dial();
  next.write(tuple(10));
  await until(() => fuses(clock) > 0, 'the newcomer is seen');
  return { ...all, clock, next };
}

describe('a source that changes processes', () => {
  it('is read to its end before the newcomer is', async () => {
    const { recorder, channel, source, dial } = await handing();
    const next = await dial();
    next.write(tuple(10));
    const taken = channel.takeOver();
    source.write(tuple(2), tuple(3));
    await recorder.count(3);
    source.write(tuple(4));
    source.socket.end();
    expect(await taken).toBe(true);
    next.write(tuple(11));
    expect(await recorder.count(6)).toEqual(tuples(1, 2, 3, 4, 10, 11));
  });

  it('has come to its end already', async () => {
    const { recorder, channel, source, dial } = await handing();
    source.socket.end();
    await recorder.count(2);
    const taken = channel.takeOver();
    (await dial()).write(tuple(10));
    expect(await taken).toBe(true);
    expect(await recorder.count(3)).toEqual([...tuples(1), 'ended', ...tuples(10)]);
  });

  it('had not connected', async () => {
    // Nobody moves the clock: nothing is waited for.
    const { recorder, channel, dial } = await listening({ clock: new HandClock() });
    channel.handOver();
    (await dial()).write(tuple(10));
    expect(await channel.takeOver()).toBe(true);
    expect(await recorder.count(1)).toEqual(tuples(10));
  });

  it('keeps the newcomer waiting for 400 ms, and not longer', async () => {
    const { recorder, source, clock } = await newcomer();
    clock.advance(399);
    source.write(tuple(2));
    expect(await recorder.count(2)).toEqual(tuples(1, 2));
    clock.advance(1);
    expect(await recorder.count(3)).toEqual(tuples(1, 2, 10));
  });

  it('is not waited for longer than 400 ms', async () => {
    const { recorder, channel, clock } = await newcomer();
    const taken = channel.takeOver();
    clock.advance(400);
    expect(await taken).toBe(true);
    expect(await recorder.count(2)).toEqual(tuples(1, 10));
  });

  it('is told that nobody has come within a second', async () => {
    const clock = new HandClock();
    const { recorder, channel, source, dial } = await handing(clock);
    source.socket.end();
    await recorder.count(2);
    let taken: boolean | undefined;
    void channel.takeOver().then((came) => (taken = came));
    clock.advance(999);
    await new Promise(setImmediate);
    expect(taken).toBeUndefined();
    clock.advance(1);
    await until(() => taken !== undefined);
    expect(taken).toBe(false);
    // Nobody waits any longer.
    (await dial()).write(tuple(10));
    expect((await recorder.count(3))[2]).toEqual([10, {}]);
  });

  it('is told so too when the newcomer has gone again', async () => {
    const { recorder, channel, source, clock, next } = await newcomer();
    next.socket.end();
    // The fuse burns before the wait for the tail is over, which begins later.
    clock.advance(200);
    const taken = channel.takeOver();
    clock.advance(200);
    await next.gone();
    source.socket.end();
    expect(await recorder.count(3)).toEqual([...tuples(1, 10), 'ended']);
    clock.advance(200);
    expect(await taken).toBe(false);
  });

  it('changes once more', async () => {
    const { recorder, channel, source, dial } = await handing();
    const next = await dial();
    source.socket.end();
    expect(await channel.takeOver()).toBe(true);
    next.write(tuple(10));
    await recorder.count(2);
    channel.handOver();
    const last = await dial();
    last.write(tuple(20));
    const taken = channel.takeOver();
    next.write(tuple(11));
    next.socket.end();
    expect(await taken).toBe(true);
    expect(await recorder.count(4)).toEqual(tuples(1, 10, 11, 20));
  });

  it('leaves no timer when its channel closes meanwhile', async () => {
    const { channel, clock } = await newcomer();
    await channel.close();
    expect(fuses(clock)).toBe(0);
  });

  it('is not waited for where the transport does not tell its peers apart', async () => {
    const capabilities = { ...nativeTransport.capabilities, manyPeers: false };
    const alike: Transport = { ...nativeTransport, capabilities };
    const { recorder, channel, send } = await connected({ transport: alike, clock: new HandClock() });
    send('{"message":1}');
    await recorder.count(1);
    channel.handOver();
    expect(await channel.takeOver()).toBe(true);
  });
});
