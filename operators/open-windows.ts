import { operatorBound } from '../lib/errors.js';
import type { Aggregate } from './aggregates.js';

/** A window of one key that is not emitted yet. */
export interface OpenWindow<K, S> {
  readonly start: number;
  readonly key: K;
  state: S;
  count: number;
}

/** The windows of all keys that have one start. */
interface Slot<K, S> {
  readonly byKey: Map<K, OpenWindow<K, S>>;
  /** Goes through `byKey` once, later additions included: a new iterator would skip what was taken again and again. */
  readonly inOrder: Iterator<OpenWindow<K, S>>;
}

/** Windows in the order of (start, first key seen). */
export class OpenWindows<T, K, S> {
  /** How many windows are open, one per start and key. */
  windows = 0;
  /** How many values they got. */
  values = 0;

  private readonly slots = new Map<number, Slot<K, S>>();
  /** The keys of `slots`, ascending. */
  private readonly starts: number[] = [];

  constructor(
    private readonly operator: string,
    private readonly contents: Pick<Aggregate<T, S, unknown>, 'init' | 'add'>,
    private readonly maxKeys: number,
  ) {}

  /** The start of the first window, if any is open. */
  get oldest(): number | undefined {
    return this.starts[0];
  }

  add(start: number, key: K, value: T): void {
    const { byKey } = this.slots.get(start) ?? this.openSlot(start);
    const window = byKey.get(key) ?? this.openWindow(start, key, byKey);
    window.state = this.contents.add(window.state, value);
    window.count += 1;
    this.values += 1;
  }

  /** Takes the first window out; there has to be one. */
  shift(): OpenWindow<K, S> {
    const start = this.starts[0] as number;
    const { byKey, inOrder } = this.slots.get(start) as Slot<K, S>;
    const window = inOrder.next().value as OpenWindow<K, S>;
    byKey.delete(window.key);
    if (byKey.size === 0) {
      this.slots.delete(start);
      this.starts.shift();
    }
    this.windows -= 1;
    this.values -= window.count;
    return window;
  }

  private openSlot(start: number): Slot<K, S> {
    const byKey = new Map<K, OpenWindow<K, S>>();
    const slot = { byKey, inOrder: byKey.values() };
    this.slots.set(start, slot);
    // From the end: a new window is nearly always the newest.
    const before = this.starts.findLastIndex((other) => other < start);
    this.starts.splice(before + 1, 0, start);
    return slot;
  }

  private openWindow(start: number, key: K, byKey: Map<K, OpenWindow<K, S>>): OpenWindow<K, S> {
    if (byKey.size >= this.maxKeys) {
      throw operatorBound(
        this.operator,
        `more than ${this.maxKeys} keys in one window: is key meant to be that fine? If so, raise maxKeys`,
        { maxKeys: this.maxKeys, start },
      );
    }
    const window = { start, key, state: this.contents.init(), count: 0 };
    byKey.set(key, window);
    this.windows += 1;
    return window;
  }
}
