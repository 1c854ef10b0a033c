import type { CheckedOverflow } from './overflow.js';
import { Queue } from './queue.js';

/** What `admit` did: how many it dropped, and whether the policy wants the stream to end with an error. */
export interface Admission {
  readonly dropped: number;
  readonly failed: boolean;
}

/** What one value counts for that comes now: 1, and more where values are so large that few of them fill the memory. */
export interface Scale {
  readonly weight: number;
}

/** A value that counted for more than one when it came: the `nth`, and by how much more. */
interface Heavy {
  readonly nth: number;
  readonly extra: number;
}

type Bounded<T> = Pick<Queue<T>, 'length' | 'push' | 'shift' | 'clear'>;

const TAKEN: Admission = { dropped: 0, failed: false };
const DROPPED: Admission = { dropped: 1, failed: false };
const REFUSED: Admission = { dropped: 1, failed: true };
const PLAIN: Scale = { weight: 1 };

/**
 * How much may wait in one queue, and what goes when more comes.
 *
 * Values leave a queue in about the order in which they came, so what a queue holds is known by how many that are; those
 * that are heavy are noted, and nothing is for the others.
 */
export class Bound {
  private readonly scale: Scale;
  /** How many have come to wait. */
  private entered = 0;
  private readonly heavy = new Queue<Heavy>();
  private extra = 0;

  constructor(
    private readonly overflow: CheckedOverflow,
    scale: Scale = PLAIN,
  ) {
    this.scale = overflow.byWeight === true ? scale : PLAIN;
  }

  /** How many of the values that come now it holds. */
  get size(): number {
    return Math.max(1, Math.floor(this.overflow.size / Math.ceil(this.scale.weight)));
  }

  /** Puts `value` into `queue` as the policy has it. */
  admit<T>(queue: Bounded<T>, value: T): Admission {
    const { policy } = this.overflow;
    if (policy === 'latest') {
      const dropped = queue.length === 0 ? 0 : queue.clear();
      queue.push(value);
      return dropped === 0 ? TAKEN : { dropped, failed: false };
    }
    if (this.fits(queue.length)) {
      this.enter();
      queue.push(value);
      return TAKEN;
    }
    if (policy === 'error') return REFUSED;
    if (policy === 'drop-newest') return DROPPED;
    let dropped = 0;
    do {
      queue.shift();
      dropped += 1;
    } while (!this.fits(queue.length));
    this.enter();
    queue.push(value);
    return dropped === 1 ? DROPPED : { dropped, failed: false };
  }

  /** Takes out what is too much of what was put back: `admit` would not have let it in. */
  trim<T>(queue: Queue<T>): Admission {
    const { policy } = this.overflow;
    const fromFront = policy === 'drop-oldest' || policy === 'latest';
    let dropped = 0;
    for (; this.isOver(queue.length); dropped += 1) {
      if (fromFront) queue.shift();
      else this.takeNewest(queue);
    }
    return { dropped, failed: policy === 'error' && dropped > 0 };
  }

  /** Whether one more may wait beside those that do. */
  fits(waiting: number): boolean {
    const { weight } = this.scale;
    if (weight === 1 && this.extra === 0) return waiting < this.overflow.size;
    this.forget(waiting);
    return waiting === 0 || waiting + this.extra + Math.ceil(weight) <= this.overflow.size;
  }

  /** One more waits. */
  enter(): void {
    this.entered += 1;
    if (this.scale.weight === 1) return;
    const extra = Math.ceil(this.scale.weight) - 1;
    this.heavy.push({ nth: this.entered, extra });
    this.extra += extra;
  }

  private isOver(waiting: number): boolean {
    if (this.overflow.policy === 'latest') return waiting > 1;
    this.forget(waiting);
    return waiting > 1 && waiting + this.extra > this.overflow.size;
  }

  private takeNewest(queue: Queue<unknown>): void {
    queue.pop();
    const newest = this.heavy.at(this.heavy.length - 1);
    if (newest?.nth === this.entered) {
      this.heavy.pop();
      this.extra -= newest.extra;
    }
    this.entered -= 1;
  }

  /** Of what waits, all have come after the others. */
  private forget(waiting: number): void {
    const gone = this.entered - waiting;
    for (let oldest = this.heavy.at(0); oldest !== undefined && oldest.nth <= gone; oldest = this.heavy.at(0)) {
      this.heavy.shift();
      this.extra -= oldest.extra;
    }
  }
}
