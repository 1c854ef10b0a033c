/** Which of its subscribers the sources of a share wait for. */
export type Pace = 'slowest' | 'fastest';

export const isPace = (pace: unknown): pace is Pace => pace === 'slowest' || pace === 'fastest';

/** So many values wait in it, as was told last. */
interface Waits {
  readonly waits: number;
}

/**
 * Finds the queue that decides whether the sources of a share are held back: the fullest one, or the emptiest.
 *
 * There may be a thousand, and each changes with each value: all are asked again only when the last of those that are as full
 * has moved on.
 */
export class Decision<Q extends Waits> {
  /** The last one that was found to decide, or came to do so alone. */
  queue: Q | undefined;
  private readonly queues = new Set<Q>();
  private readonly sign: 1 | -1;
  /** How full that is, the emptiest the highest where they decide. */
  private level = -Infinity;
  /** How many are at that level. */
  private holders = 0;

  constructor(pace: Pace) {
    this.sign = pace === 'slowest' ? 1 : -1;
  }

  /** How many values wait in the one that decides. */
  get waits(): number {
    return this.queue === undefined ? 0 : this.sign * this.level;
  }

  add(queue: Q): void {
    this.queues.add(queue);
    this.rescan();
  }

  remove(queue: Q): void {
    if (this.queues.delete(queue)) this.rescan();
  }

  /** Another number waits there than `before`. */
  changed(queue: Q, before: number): void {
    if (!this.queues.has(queue)) return;
    const level = this.sign * queue.waits;
    if (level > this.level) return this.lead(queue, level);
    if (level === this.level) this.holders += 1;
    if (this.sign * before === this.level) this.holders -= 1;
    if (this.holders === 0) this.rescan();
  }

  private lead(queue: Q, level: number): void {
    this.queue = queue;
    this.level = level;
    this.holders = 1;
  }

  private rescan(): void {
    this.queue = undefined;
    this.level = -Infinity;
    for (const queue of this.queues) {
      const level = this.sign * queue.waits;
      if (level > this.level) this.lead(queue, level);
      else if (level === this.level) this.holders += 1;
    }
  }
}
