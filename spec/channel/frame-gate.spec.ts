import { describe, expect, it } from '@jest/globals';
import { FrameGate } from '../../lib/channel/frame-gate.js';

const MI = 1_048_576;
/** What a value counts for besides its characters. */
const VALUE = 1_024;

/** A gate, and what it does to its socket and hands on; it is paused after each value of `pauses`. */
function gated(...pauses: readonly number[]) {
  const did: (string | number)[] = [];
  const note = (what: string) => (): void => void did.push(what);
  const socket = { pause: note('pause'), resume: note('resume'), readOut: note('read') };
  const gate = new FrameGate<number>(
    () => socket,
    (value) => {
      did.push(value);
      if (pauses.includes(value)) gate.pause();
    },
  );
  return { gate, did };
}

describe('the gate of a source', () => {
  it('reads on only when nothing waits any more: no more than one frame ever does', () => {
    const { gate, did } = gated(1, 2);
    gate.take([1, 2, 3], 2);
    gate.resume();
    gate.resume();
    expect(did).toEqual([1, 'pause', 2, 'pause', 3, 'resume']);
  });

  it('puts what comes all the same behind what waits', () => {
    const { gate, did } = gated(1);
    gate.take([1, 2], 2);
    gate.takeOne(3, 1);
    gate.take([4, 5], 2);
    gate.resume();
    gate.takeOne(6, 1);
    expect(did).toEqual([1, 'pause', 2, 3, 4, 5, 'resume', 6]);
  });

  it('hands on whole frames while it reads out', () => {
    const { gate, did } = gated(1);
    gate.take([1, 2], 2);
    gate.readOut();
    gate.take([3, 4], 2);
    expect(did).toEqual([1, 'pause', 2, 'read', 3, 4]);
  });

  it('collects what comes while it is paused, and hands it on in order', () => {
    const { gate, did } = gated(1, 4);
    gate.take([1, 2], 2);
    gate.collect();
    gate.takeOne(3, 1);
    gate.take([4, 5], 2);
    expect(did).toEqual([1, 'pause', 'resume']);
    expect(gate.isEmpty).toBe(false);
    gate.resume();
    gate.takeOne(6, 1);
    let empty = 0;
    gate.onEmpty = () => (empty += 1);
    gate.resume();
    expect(did).toEqual([1, 'pause', 'resume', 2, 3, 4, 5, 6, 'resume']);
    expect([gate.isEmpty, empty]).toEqual([true, 1]);
  });

  it('stops its socket again when it does not collect any more', () => {
    const { gate, did } = gated();
    gate.pause();
    gate.collect();
    gate.takeOne(1, 1);
    gate.release();
    expect(did).toEqual(['pause', 'resume', 'pause']);
  });

  it.each([
    ['small values, of which each counts for 1 KiB more', 65_536, 0],
    ['large ones', 64, MI - VALUE],
    ['one that is larger than all that may wait', 0, 65 * MI],
  ])('collects 64 Mi characters and the frame that goes beyond: of %s', (_, most, size) => {
    const { gate, did } = gated();
    gate.pause();
    gate.collect();
    for (let i = 0; i < most; i += 1) gate.takeOne(i, size);
    expect([did, gate.full]).toEqual([['pause', 'resume'], false]);
    gate.takeOne(most, size);
    expect([did, gate.full]).toEqual([['pause', 'resume', 'pause'], true]);
  });

  it('reads on when half of that is left, and again until there is too much', async () => {
    const { gate, did } = gated(1, 2, 3);
    let room = false;
    gate.pause();
    gate.collect();
    gate.take([1, 2], 20 * MI);
    gate.take([3, 4], 40 * MI);
    gate.take([5, 6], 30 * MI);
    void gate.room().then(() => (room = true));
    did.length = 0;
    gate.resume();
    gate.resume();
    await Promise.resolve();
    expect([did, gate.full, room]).toEqual([[1, 2], true, false]);
    gate.resume();
    await Promise.resolve();
    expect([did, gate.full, room]).toEqual([[1, 2, 3, 'resume'], false, true]);
    gate.takeOne(7, 40 * MI);
    expect([did.slice(4), gate.full]).toEqual([['pause'], true]);
    room = false;
    void gate.room().then(() => (room = true));
    await Promise.resolve();
    expect(room).toBe(false);
  });

  it('makes room for what comes all the same: what waits longest goes on, and no more', () => {
    const { gate, did } = gated();
    gate.pause();
    gate.collect();
    gate.takeOne(1, 30 * MI);
    gate.makeRoom();
    gate.takeOne(2, 30 * MI);
    gate.takeOne(3, 30 * MI);
    did.length = 0;
    gate.makeRoom();
    gate.takeOne(4, 30 * MI);
    expect([did, gate.full]).toEqual([['read', 1, 2], true]);
    gate.flush();
    expect([did, gate.full]).toEqual([['read', 1, 2, 3, 4, 'resume', 'resume'], false]);
  });

  it('spills what waits longest where the end has to come soon, and no more', () => {
    const { gate, did } = gated();
    gate.pause();
    gate.collect(true);
    for (let i = 1; i <= 4; i += 1) gate.takeOne(i, 30 * MI);
    expect([did, gate.full]).toEqual([['pause', 'resume', 1, 2], false]);
    gate.collect();
    gate.takeOne(5, 30 * MI);
    expect([did.slice(4), gate.full]).toEqual([['resume', 'pause'], true]);
    gate.collect(true);
    expect([did.slice(6), gate.full]).toEqual([['resume'], false]);
  });

  it('is not full any more when it is not to collect, and is at once when it is again', () => {
    const { gate, did } = gated();
    gate.pause();
    gate.collect();
    gate.takeOne(1, 70 * MI);
    gate.release();
    expect(gate.full).toBe(false);
    did.length = 0;
    gate.collect();
    gate.collect();
    expect([did, gate.full]).toEqual([['pause'], true]);
    gate.seal();
    gate.collect();
    gate.resume();
    expect([did, gate.full]).toEqual([['pause', 'pause', 1], false]);
  });

  it('hands on everything once it is flushed, and is paused no more', () => {
    const { gate, did } = gated(2);
    gate.pause();
    gate.collect();
    gate.take([1, 2], 2);
    gate.takeOne(3, 1);
    gate.flush();
    gate.takeOne(4, 1);
    expect(did).toEqual(['pause', 'resume', 1, 2, 3, 'resume', 4]);
  });

  it('survives a callback that throws: what is behind it still comes', () => {
    const did: number[] = [];
    const gate = new FrameGate<number>(
      () => ({ pause: () => undefined, resume: () => undefined, readOut: () => undefined }),
      (value) => {
        did.push(value);
        if (value === 1) throw new Error('boom');
      },
    );
    expect(() => gate.take([1, 2], 2)).toThrow('boom');
    gate.resume();
    expect(did).toEqual([1, 2]);
  });
});
