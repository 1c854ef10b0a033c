/** A bounded first-in, first-out queue that gives up its oldest for its newest. */
export class LatestQueue<T> {
  private readonly ring: (T | undefined)[] = [];
  private head = 0;
  private count = 0;

  constructor(readonly size: number) {}

  get length(): number {
    return this.count;
  }

  /** False when the oldest had to go. */
  push(value: T): boolean {
    this.ring[(this.head + this.count) % this.size] = value;
    if (this.count < this.size) {
      this.count += 1;
      return true;
    }
    this.head = (this.head + 1) % this.size;
    return false;
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const value = this.ring[this.head];
    this.ring[this.head] = undefined;
    this.head = (this.head + 1) % this.size;
    this.count -= 1;
    return value;
  }
}
