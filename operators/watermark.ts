import { operatorBound } from '../lib/errors.js';

interface Partition {
  mark: number;
  seen: number;
}

/** The smallest of the marks of several partitions; never goes back. */
export class Watermark {
  value = -Infinity;

  private readonly partitions = new Map<string | number | undefined, Partition>();
  /** Of all partitions, forgotten ones included. */
  private furthest = -Infinity;
  private lowest = -Infinity;
  /** How many partitions stand at `lowest`: all are asked again only when the last of them has moved on. */
  private holders = 0;

  constructor(
    private readonly operator: string,
    private readonly maxPartitions: number,
  ) {}

  /** Partition `id` has come to `mark`; it spoke at processing time `now`. */
  saw(id: string | number | undefined, mark: number, now: number): void {
    this.furthest = Math.max(this.furthest, mark);
    const partition = this.partitions.get(id);
    if (partition === undefined) {
      this.join(id, { mark, seen: now });
      return;
    }
    partition.seen = now;
    if (mark <= partition.mark) return;
    if (partition.mark === this.lowest) this.holders -= 1;
    partition.mark = mark;
    if (this.holders === 0) this.rescan();
  }

  /** Forgets partitions that were last seen at `until` or before; gives when the longest silent of the others spoke. */
  forget(until: number): number | undefined {
    let longestSilent: number | undefined;
    for (const [id, { seen }] of this.partitions) {
      if (seen <= until) this.partitions.delete(id);
      else longestSilent = Math.min(longestSilent ?? seen, seen);
    }
    this.rescan();
    return longestSilent;
  }

  private join(id: string | number | undefined, partition: Partition): void {
    if (this.partitions.size >= this.maxPartitions) {
      throw operatorBound(
        this.operator,
        `more than ${this.maxPartitions} partitions: set idle, so that silent ones are forgotten, or raise maxKeys`,
        { maxKeys: this.maxPartitions },
      );
    }
    this.partitions.set(id, partition);
    this.rescan();
  }

  private rescan(): void {
    this.lowest = Infinity;
    this.holders = 0;
    for (const { mark } of this.partitions.values()) {
      if (mark < this.lowest) this.holders = 0;
      this.lowest = Math.min(this.lowest, mark);
      if (mark === this.lowest) this.holders += 1;
    }
    this.value = Math.max(this.value, this.partitions.size === 0 ? this.furthest : this.lowest);
  }
}
