/** A first-in, first-out queue over a ring, without the cost of `Array.shift`. */
export class Queue<T> {
  private ring: (T | undefined)[] = new Array<T | undefined>(16);
  private head = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  push(value: T): void {
    if (this.count === this.ring.length) this.grow();
    this.ring[(this.head + this.count) & (this.ring.length - 1)] = value;
    this.count += 1;
  }

  /** In front of everything. */
  unshift(value: T): void {
    if (this.count === this.ring.length) this.grow();
    this.head = (this.head - 1) & (this.ring.length - 1);
    this.ring[this.head] = value;
    this.count += 1;
  }

  shift(): T | undefined {
    if (this.count === 0) return undefined;
    const value = this.ring[this.head];
    this.ring[this.head] = undefined;
    this.head = (this.head + 1) & (this.ring.length - 1);
    this.count -= 1;
    return value;
  }

  /** Takes the newest. */
  pop(): T | undefined {
    if (this.count === 0) return undefined;
    this.count -= 1;
    const at = (this.head + this.count) & (this.ring.length - 1);
    const value = this.ring[at];
    this.ring[at] = undefined;
    return value;
  }

  /** The value `index` places behind the front. */
  at(index: number): T | undefined {
    return index < this.count ? this.ring[(this.head + index) & (this.ring.length - 1)] : undefined;
  }

  /** Takes out what is not wanted. */
  keep(wanted: (value: T) => boolean): void {
    for (let left = this.count; left > 0; left -= 1) {
      const value = this.shift() as T;
      if (wanted(value)) this.push(value);
    }
  }

  /** Empties the queue; answers how many there were. */
  clear(): number {
    const { count } = this;
    this.ring = new Array<T | undefined>(16);
    this.head = this.count = 0;
    return count;
  }

  private grow(): void {
    const { ring, head, count } = this;
    const larger = new Array<T | undefined>(ring.length * 2);
    for (let i = 0; i < count; i += 1) larger[i] = ring[(head + i) & (ring.length - 1)];
    this.ring = larger;
    this.head = 0;
  }
}
