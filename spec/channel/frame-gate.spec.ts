import { describe, expect, it } from '@jest/globals';
import { FrameGate } from '../../lib/channel/frame-gate.js';

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
    gate.take([1, 2, 3]);
    gate.resume();
    gate.resume();
    expect(did).toEqual([1, 'pause', 2, 'pause', 3, 'resume']);
  });

  it('puts what comes all the same behind what waits', () => {
    const { gate, did } = gated(1);
    gate.take([1, 2]);
    gate.takeOne(3);
    gate.take([4, 5]);
    gate.resume();
    gate.takeOne(6);
    expect(did).toEqual([1, 'pause', 2, 3, 4, 5, 'resume', 6]);
  });

  it('hands on whole frames while it reads out', () => {
    const { gate, did } = gated(1);
    gate.take([1, 2]);
    gate.readOut();
    gate.take([3, 4]);
    expect(did).toEqual([1, 'pause', 2, 'read', 3, 4]);
  });

  it('collects what comes while it is paused, and hands it on in order', () => {
    const { gate, did } = gated(1, 4);
    gate.take([1, 2]);
    gate.collect();
    gate.takeOne(3);
    gate.take([4, 5]);
    expect(did).toEqual([1, 'pause', 'resume']);
    expect(gate.isEmpty).toBe(false);
    gate.resume();
    gate.takeOne(6);
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
    gate.takeOne(1);
    gate.release();
    expect(did).toEqual(['pause', 'resume', 'pause']);
  });

  it('does not collect without end', () => {
    const { gate, did } = gated();
    gate.pause();
    gate.collect();
    gate.take(Array.from({ length: 65_536 }, (_, i) => i));
    gate.take([1, 2]);
    expect(did).toEqual(['pause', 'resume']);
    gate.take(Array.from({ length: 65_536 }, (_, i) => i));
    expect(did).toEqual(['pause', 'resume', 'pause']);
  });

  it('hands on everything once it is flushed, and is paused no more', () => {
    const { gate, did } = gated(2);
    gate.pause();
    gate.collect();
    gate.take([1, 2]);
    gate.takeOne(3);
    gate.flush();
    gate.takeOne(4);
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
    expect(() => gate.take([1, 2])).toThrow('boom');
    gate.resume();
    expect(did).toEqual([1, 2]);
  });
});
