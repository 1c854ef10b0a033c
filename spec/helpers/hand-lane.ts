import { Bound } from '../../lib/stage/bound.js';
import { Lane, type LaneHandler, type LaneOptions, type Slot } from '../../lib/stage/lane.js';
import type { Overflow } from '../../lib/stage/overflow.js';

type NumberSlot = Slot<number, { readonly text: string }>;

type HandLaneOptions = Partial<Omit<LaneOptions, 'bound'>> & { readonly overflow?: Overflow };

/** A lane whose values come back when the spec says so. */
export function handLane(
  { overflow = { size: 100, policy: 'drop-oldest' }, ...options }: HandLaneOptions = {},
  keyOf?: (value: number) => number,
) {
  const out: NumberSlot[] = [];
  const passed: number[] = [];
  const started: number[] = [];
  const state = { ready: true, concurrency: 1, overflowed: 0, at: (_: NumberSlot): void => undefined };
  const handler: LaneHandler<number, { readonly text: string }> = {
    ready: () => state.ready,
    start(slot) {
      started.push(slot.value);
      out.push(slot);
      state.at(slot);
    },
    overflowed: (count) => void (state.overflowed += count),
    pass(slot, { text }) {
      lane.left(slot);
      passed.push(text === `outcome of ${slot.value}` ? slot.value : NaN);
    },
  };
  const concurrency = (): number => state.concurrency;
  const lane = new Lane<number, { readonly text: string }>(
    { bound: new Bound(overflow), concurrency, keyed: keyOf !== undefined, ...options },
    handler,
  );
  /** The one at `index` of those that are out comes back. */
  const settle = (index: number): void => {
    const [slot] = out.splice(index, 1);
    if (slot !== undefined) lane.settle(slot, { text: `outcome of ${slot.value}` });
  };
  const add = (...values: number[]) => values.map((value) => lane.add(value, keyOf?.(value)));
  return { lane, out, passed, started, state, add, settle };
}
