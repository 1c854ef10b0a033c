import { Queue } from './queue.js';
import { Sweep } from './sweep.js';

/** Values of one key keep their order. */
export type Key = string | number;

interface Keyed {
  /** An error has no other beside it. */
  readonly key?: Key | Error | undefined;
}

/** What waits of one key. */
interface Line<S> {
  readonly waiting: Queue<S>;
  /** One of them is out. */
  isOut: boolean;
  /** It stands in `turns`. */
  hasTurn: boolean;
}

/** Values wait by their key, of which one at a time is out; those of other keys go past it, each key in its turn. */
export class KeyedQueue<S extends Keyed> {
  /** Those of which something waits or is out. */
  private readonly lines = new Map<S['key'], Line<S>>();
  /** Also those of which nothing waits any longer, or one is out: until their turn comes, or there are too many. */
  private readonly turns = new Queue<Line<S>>();
  private readonly sweep = new Sweep();
  /** All that waits, the oldest first. */
  private readonly all = new Set<S>();

  get length(): number {
    return this.all.size;
  }

  push(slot: S): void {
    let line = this.lines.get(slot.key);
    if (line === undefined) this.lines.set(slot.key, (line = { waiting: new Queue(), isOut: false, hasTurn: false }));
    line.waiting.push(slot);
    this.all.add(slot);
    this.giveTurn(line);
  }

  /** Takes one out; undefined while each key of which something waits has one out already. */
  next(): S | undefined {
    for (let line = this.turns.shift(); line !== undefined; line = this.turns.shift()) {
      line.hasTurn = false;
      if (line.isOut) continue;
      const slot = line.waiting.shift();
      if (slot === undefined) continue;
      line.isOut = true;
      this.all.delete(slot);
      return slot;
    }
    return undefined;
  }

  /** It waits. */
  has(slot: S): boolean {
    return this.all.has(slot);
  }

  /** Takes out this one out of turn: the first that waits of its key, of which none is out. */
  take(slot: S): void {
    const line = this.lines.get(slot.key);
    if (line === undefined) return;
    line.waiting.shift();
    line.isOut = true;
    this.all.delete(slot);
    this.skip(line);
  }

  /** It is back: the next of its key may go out. */
  back({ key }: S): void {
    const line = this.lines.get(key);
    if (line === undefined) return;
    line.isOut = false;
    this.giveTurn(line);
    this.tidy(key, line);
  }

  /** Gives up the oldest of all. */
  shift(): S | undefined {
    for (const oldest of this.all) {
      this.all.delete(oldest);
      const line = this.lines.get(oldest.key);
      line?.waiting.shift();
      if (line !== undefined) this.tidy(oldest.key, line);
      return oldest;
    }
    return undefined;
  }

  /** Gives up everything that waits: how much that was. */
  clear(): number {
    const { size } = this.all;
    this.all.clear();
    for (const [key, line] of this.lines) {
      line.waiting.clear();
      this.tidy(key, line);
    }
    return size;
  }

  private giveTurn(line: Line<S>): void {
    if (line.isOut || line.hasTurn || line.waiting.length === 0) return;
    line.hasTurn = true;
    this.turns.push(line);
  }

  private tidy(key: S['key'], line: Line<S>): void {
    if (line.waiting.length > 0 || line.isOut) return;
    this.lines.delete(key);
    this.skip(line);
  }

  /** Its turn is of no use. */
  private skip(line: Line<S>): void {
    if (!line.hasTurn || !this.sweep.due(this.turns.length)) return;
    this.turns.keep((one) => (one.hasTurn = !one.isOut && one.waiting.length > 0));
  }
}
