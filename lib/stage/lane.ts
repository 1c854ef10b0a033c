import type { Admission, Bound } from './bound.js';
import { type Key, KeyedQueue } from './keyed-queue.js';
import { Queue } from './queue.js';
import { Sweep } from './sweep.js';

/** In input order at most this many outcomes per concurrent value wait for an earlier one. */
const WAITING_OUTCOMES = 4;

export interface LaneOptions {
  /** In which order outcomes go on; default `input`, and `completion` with keys. */
  readonly order?: 'input' | 'completion' | undefined;
  /** Values have a key, of which one is out at a time. */
  readonly keyed?: boolean;
  readonly bound: Bound;
  /** How many values may be out at once; asked before each. */
  readonly concurrency: () => number;
}

export interface LaneHandler<T, O> {
  /** False while nothing may go out, whatever room there is. */
  ready(): boolean;
  /** It goes out; `settle` brings it back. */
  start(slot: Slot<T, O>): void;
  /** So many found the queue full; told before anything else happens. */
  overflowed(count: number): void;
  /** Its turn has come. It is held until `left` is called, which is when to count it. */
  pass(slot: Slot<T, O>, outcome: O): void;
}

/** One value on its way. */
export interface Slot<T, O> {
  readonly value: T;
  /** Counts the values that were added. */
  readonly index: number;
  /** An error where there is no key: it waits in its turn, and behind nobody. */
  readonly key: Key | Error | undefined;
  /** Undefined while it is out. */
  outcome: O | undefined;
}

/** Values wait in a bounded queue, go out some at a time, and their outcomes go on in order. */
export class Lane<T, O extends object> {
  private readonly keys: KeyedQueue<Slot<T, O>> | undefined;
  private readonly waiting: Queue<Slot<T, O>> | KeyedQueue<Slot<T, O>>;
  /**
   * In input order: everything between the oldest value that is out and the newest. With keys also what waits, since it
   * goes out in another order, and for a while what was dropped.
   */
  private readonly slots = new Queue<Slot<T, O>>();
  private readonly sweep = new Sweep();
  private readonly out = new Set<Slot<T, O>>();
  /** How many outcomes wait for an earlier one. */
  private settled = 0;
  /** Those whose turn has come, and that have not left yet. */
  private readonly passing = new Set<Slot<T, O>>();
  private readonly inOrder: boolean;
  private index = 0;
  private pumping = false;

  constructor(
    private readonly options: LaneOptions,
    private readonly handler: LaneHandler<T, O>,
  ) {
    this.keys = options.keyed === true ? new KeyedQueue() : undefined;
    this.waiting = this.keys ?? new Queue();
    this.inOrder = (options.order ?? (this.keys === undefined ? 'input' : 'completion')) === 'input';
  }

  /** How many values have not gone out yet. */
  get waits(): number {
    return this.waiting.length;
  }

  /** How many have been added, and have neither left nor been dropped. */
  get held(): number {
    return this.waiting.length + this.out.size + this.settled + this.passing.size;
  }

  add(value: T, key?: Key | Error): Admission {
    const slot: Slot<T, O> = { value, index: this.index++, key, outcome: undefined };
    const admission = this.options.bound.admit(this.waiting, slot);
    // What follows may run functions of a user.
    if (admission.dropped > 0) this.handler.overflowed(admission.dropped);
    if (this.keys !== undefined && this.inOrder) this.enlist(this.keys, slot, admission.dropped);
    if (!admission.failed) this.pump();
    return admission;
  }

  settle(slot: Slot<T, O>, outcome: O): void {
    // It was cleared away.
    if (!this.out.delete(slot)) return;
    slot.outcome = outcome;
    this.keys?.back(slot);
    if (this.inOrder) this.follow();
    else this.pass(slot, outcome);
    this.pump();
  }

  /** One whose turn has come is held no longer. False when it was cleared away meanwhile, and counted as that. */
  left(slot: Slot<T, O>): boolean {
    return this.passing.delete(slot);
  }

  /** To be called when `ready` or `concurrency` may have changed. */
  pump(): void {
    // An outcome can come while a value is being sent out; one loop is enough.
    if (this.pumping) return;
    this.pumping = true;
    while (this.hasRoom()) {
      const slot = this.keys === undefined ? this.waiting.shift() : this.nextOf(this.keys);
      if (slot === undefined) break;
      if (this.inOrder && this.keys === undefined) this.slots.push(slot);
      this.out.add(slot);
      this.handler.start(slot);
    }
    this.pumping = false;
  }

  /** Forgets everything; answers what was out. */
  clear(): readonly Slot<T, O>[] {
    const out = [...this.out];
    this.waiting.clear();
    this.slots.clear();
    this.out.clear();
    this.passing.clear();
    for (const slot of out) this.keys?.back(slot);
    this.settled = 0;
    return out;
  }

  private hasRoom(): boolean {
    if (this.waiting.length === 0 || !this.handler.ready()) return false;
    const concurrency = this.options.concurrency();
    if (this.out.size >= concurrency) return false;
    // All but the oldest may come to wait for it.
    return !this.inOrder || this.out.size + this.settled <= concurrency * WAITING_OUTCOMES || this.oldestWaits();
  }

  /** With keys in input order the oldest goes first, since all others wait for it; else each key has its turn. */
  private nextOf(keys: KeyedQueue<Slot<T, O>>): Slot<T, O> | undefined {
    const oldest = this.inOrder ? this.oldest() : undefined;
    if (oldest === undefined || !keys.has(oldest)) return keys.next();
    keys.take(oldest);
    return oldest;
  }

  private oldestWaits(): boolean {
    const oldest = this.oldest();
    return oldest !== undefined && this.keys?.has(oldest) === true;
  }

  /** A value with a key takes its place in the order when it comes, and gives it up when it is dropped. */
  private enlist(keys: KeyedQueue<Slot<T, O>>, slot: Slot<T, O>, dropped: number): void {
    if (keys.has(slot)) this.slots.push(slot);
    if (dropped === 0) return;
    if (this.sweep.due(this.slots.length, dropped)) this.slots.keep((one) => this.holds(one));
    // What was dropped may have been the oldest.
    this.release();
  }

  /** One more may wait for an earlier one. */
  private follow(): void {
    this.settled += 1;
    this.release();
  }

  private release(): void {
    for (let head = this.oldest(); head?.outcome !== undefined; head = this.oldest()) {
      this.slots.shift();
      this.settled -= 1;
      this.pass(head, head.outcome);
    }
  }

  private pass(slot: Slot<T, O>, outcome: O): void {
    this.passing.add(slot);
    this.handler.pass(slot, outcome);
  }

  private oldest(): Slot<T, O> | undefined {
    let oldest = this.slots.at(0);
    if (this.keys === undefined) return oldest;
    for (; oldest !== undefined && !this.holds(oldest); oldest = this.slots.at(0)) this.slots.shift();
    return oldest;
  }

  private holds(slot: Slot<T, O>): boolean {
    return slot.outcome !== undefined || this.out.has(slot) || this.keys?.has(slot) === true;
  }
}
