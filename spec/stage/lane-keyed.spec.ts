import { describe, expect, it } from '@jest/globals';
import type { Overflow } from '../../lib/stage/overflow.js';
import { handLane } from '../helpers/hand-lane.js';
import { heapGrowth } from '../helpers/heap-growth.js';

describe('a lane with keys in input order', () => {
  const parity = (value: number): number => value % 2;

  it('gives results in the order in which values came, whichever went out first', () => {
    const { passed, started, state, add, settle } = handLane({ order: 'input' }, parity);
    state.concurrency = 2;
    add(1, 3, 2);
    expect(started).toEqual([1, 2]);
    settle(1);
    expect(passed).toEqual([]);
    settle(0);
    expect([passed, started]).toEqual([[1], [1, 2, 3]]);
    settle(0);
    expect(passed).toEqual([1, 3, 2]);
  });

  it('sends the oldest first, and passes what waited for it when it is dropped', () => {
    const overflow: Overflow = { size: 2, policy: 'drop-oldest' };
    const { lane, passed, started, state, add, settle } = handLane({ order: 'input', overflow }, parity);
    state.concurrency = 2;
    add(1, 3, 2, 4);
    settle(1);
    expect(started).toEqual([1, 2, 4]);
    state.concurrency = 0;
    settle(1);
    settle(0);
    expect([passed, lane.held, lane.waits]).toEqual([[1], 3, 1]);
    add(5, 7);
    expect([passed, lane.held, lane.waits]).toEqual([[1, 2, 4], 2, 2]);
    state.concurrency = 2;
    lane.pump();
    expect(started).toEqual([1, 2, 4, 5]);
  });

  it('keeps nothing of what is dropped while the oldest is out', () => {
    const overflow: Overflow = { size: 10, policy: 'drop-oldest' };
    const { lane, state, add } = handLane({ order: 'input', overflow }, parity);
    state.concurrency = 1;
    const grown = heapGrowth(() => {
      for (let i = 0; i < 200_000; i += 1) add(i);
    });
    expect(lane.held).toBe(11);
    expect(grown).toBeLessThan(2_000_000);
  });

  it('forgets who was out when it forgets everything', () => {
    const { started, add, lane } = handLane({ order: 'input' }, parity);
    add(1, 3);
    lane.clear();
    add(5);
    expect(started).toEqual([1, 5]);
  });
});
