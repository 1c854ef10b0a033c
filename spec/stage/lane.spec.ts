import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Overflow } from '../../lib/stage/overflow.js';
import { handLane } from '../helpers/hand-lane.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

interface Step {
  /** A value comes, or one that is out comes back. */
  readonly act: 'add' | 'settle';
  readonly at: number;
}
const steps = fc.array(fc.record({ act: fc.constantFrom<Step['act']>('add', 'settle'), at: fc.nat(1_000) }), {
  maxLength: 300,
  size: 'max',
});
const policies = fc.constantFrom<Overflow['policy']>('drop-oldest', 'drop-newest', 'latest', 'error');
const plans = fc.record({
  order: fc.constantFrom('input' as const, 'completion' as const),
  size: fc.integer({ min: 1, max: 12 }),
  policy: policies,
  concurrency: fc.integer({ min: 1, max: 5 }),
  keys: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }),
});

/** Values have one of so many keys, by chance but always the same. */
const keyed = (keys: number | undefined) => (keys === undefined ? undefined : (n: number) => ((n * 7919) >> 3) % keys);

describe('a lane, whatever comes back when', () => {
  it('keeps its bounds, its order and its balance', () => {
    fc.assert(
      fc.property(steps, plans, (all, { order, size, policy, concurrency, keys }) => {
        const keyOf = keyed(keys);
        const { lane, out, passed, started, state, add, settle } = handLane(
          { order, overflow: { size, policy } },
          keyOf,
        );
        state.concurrency = concurrency;
        const came: number[] = [];
        const broken: unknown[] = [];
        let [added, dropped, back] = [0, 0, 0];
        for (const { act, at } of all) {
          if (act === 'add') {
            const [admission] = add(added++);
            dropped += admission?.dropped ?? 0;
            if (admission?.failed !== (policy === 'error' && admission?.dropped === 1)) broken.push({ act, admission });
          } else if (out.length > 0) {
            came.push(out[at % out.length]?.value ?? NaN);
            settle(at % out.length);
            back += 1;
          }
          const waiting = order === 'input' ? lane.held - lane.waits - out.length : 0;
          const isBounded =
            waiting <= 4 * concurrency && out.length <= concurrency && lane.waits <= (policy === 'latest' ? 1 : size);
          const isBalanced = back - passed.length === waiting && added === passed.length + dropped + lane.held;
          const isAlone = keyOf === undefined || new Set(out.map(({ value }) => keyOf(value))).size === out.length;
          if (!isBounded || !isBalanced || !isAlone) broken.push({ act, waiting, out: out.length, waits: lane.waits });
        }
        expect(broken).toEqual([]);
        for (const one of linesOf(started, keyOf)) expect(one).toEqual(sorted(one));
        expect(passed).toEqual(order === 'completion' ? came : sorted(started).slice(0, passed.length));
      }),
      { numRuns: 400 },
    );
  });

  it('passes everything in the end when nothing is dropped', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 60 }), plans, (picks, { order, concurrency, keys }) => {
        const { lane, out, passed, state, add, settle } = handLane({ order }, keyed(keys));
        state.concurrency = concurrency;
        add(...numbers(picks.length));
        for (const pick of picks) settle(pick % out.length);
        expect(lane.held).toBe(0);
        expect(order === 'input' ? passed : sorted(passed)).toEqual(numbers(picks.length));
      }),
    );
  });

  it('passes everything in the end when fewer may be out than before', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 60 }), plans, (picks, { order, concurrency, keys }) => {
        const { lane, out, passed, state, add, settle } = handLane({ order }, keyed(keys));
        state.concurrency = concurrency;
        add(...numbers(picks.length));
        for (const pick of picks) {
          settle(pick % out.length);
          state.concurrency = 1;
        }
        expect(lane.held).toBe(0);
        expect(sorted(passed)).toEqual(numbers(picks.length));
      }),
    );
  });
});

/** What went out of each key; without keys all of it. */
function linesOf(started: readonly number[], keyOf: (value: number) => number = () => 0): readonly number[][] {
  return [...new Set(started.map(keyOf))].map((key) => started.filter((value) => keyOf(value) === key));
}

describe('a lane', () => {
  it('in input order lets four outcomes for each that may be out wait for an earlier one', () => {
    const { lane, out, started, state, add, settle } = handLane();
    state.concurrency = 2;
    add(...numbers(50));
    while (out.length > 1) settle(1);
    expect([started.length, lane.waits, lane.held]).toEqual([9, 41, 50]);
    settle(0);
    expect([out.length, lane.held]).toEqual([2, 41]);
  });

  it('in the order of completion lets nothing wait for an earlier one', () => {
    const { out, passed, state, add, settle } = handLane({ order: 'completion' });
    state.concurrency = 2;
    add(...numbers(50));
    for (let i = 0; i < 49; i += 1) settle(1);
    expect(passed).toEqual(numbers(50).slice(1));
    expect(out).toHaveLength(1);
  });

  it('takes what comes while a value goes out, or comes back, in its turn', () => {
    const { passed, started, state, add, settle } = handLane();
    state.at = ({ value }) => {
      if (value === 0) add(2);
      settle(0);
    };
    add(0, 1);
    expect(started).toEqual([0, 2, 1]);
    expect(passed).toEqual([0, 2, 1]);
  });

  it('works off what comes back at once without depth', () => {
    const { lane, passed, state, add, settle } = handLane({ overflow: { size: 100_000, policy: 'error' } });
    state.ready = false;
    add(...numbers(100_000));
    state.at = () => settle(0);
    state.ready = true;
    lane.pump();
    expect(passed).toHaveLength(100_000);
  });

  it('asks for its concurrency before each value, and whether it may', () => {
    const { lane, started, state, add } = handLane();
    state.ready = false;
    add(...numbers(5));
    expect(started).toEqual([]);
    state.ready = true;
    lane.pump();
    expect(started).toEqual([0]);
    state.concurrency = 3;
    lane.pump();
    expect(started).toEqual([0, 1, 2]);
    state.concurrency = 0;
    lane.pump();
    expect(started).toHaveLength(3);
  });

  it('numbers what came, with what it dropped', () => {
    const { out, add, settle } = handLane({ overflow: { size: 1, policy: 'drop-oldest' } });
    add(...numbers(4));
    settle(0);
    expect(out.map(({ index, value }) => [index, value])).toEqual([[3, 3]]);
  });

  it.each(['input', 'completion'] as const)('forgets everything, and what comes back later; order %s', (order) => {
    const { lane, out, passed, state, add, settle } = handLane({ order });
    state.concurrency = 2;
    add(...numbers(5));
    const cleared = lane.clear();
    expect(cleared.map(({ value }) => value)).toEqual([0, 1]);
    expect([lane.waits, lane.held]).toEqual([0, 0]);
    settle(0);
    expect(passed).toEqual([]);
    out.length = 0;
    add(7);
    settle(0);
    expect(passed).toEqual([7]);
  });

  it('takes the first outcome of a value', () => {
    const { lane, out, passed, add, settle } = handLane({ order: 'completion' });
    add(0);
    const [slot] = out;
    settle(0);
    lane.settle(slot!, { text: 'outcome of 0' });
    expect(passed).toEqual([0]);
  });
});
