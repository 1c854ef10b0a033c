import { type Admission, type Bound, Queue } from '../stage.js';
import type { Item } from './sink-handler.js';

/** The values of a sink: those that wait for its connection, and those that are out. */
export class SinkQueue<T> {
  private readonly waiting = new Queue<Item<T>>();
  /** Handed to the connection, and neither taken by the kernel nor (where required) acknowledged. */
  private readonly sent = new Queue<Item<T>>();

  constructor(private readonly bound: Bound) {}

  get waits(): number {
    return this.waiting.length;
  }

  get out(): number {
    return this.sent.length;
  }

  accept(item: Item<T>): Admission {
    return this.bound.admit(this.waiting, item);
  }

  next(): Item<T> | undefined {
    return this.waiting.shift();
  }

  goesOut(item: Item<T>): void {
    this.sent.push(item);
  }

  /** The oldest that is out is out no longer. */
  settle(): Item<T> | undefined {
    return this.sent.shift();
  }

  /** All that is out and `again` has waits again, in front; answers what was too much then. */
  putBack(again: (item: Item<T>) => boolean): Admission {
    for (let last = this.sent.pop(); last !== undefined; last = this.sent.pop())
      if (again(last)) this.waiting.unshift(last);
    return this.bound.trim(this.waiting);
  }

  /** Empties it; answers how many there were. */
  clear(): number {
    return this.waiting.clear() + this.sent.clear();
  }
}
