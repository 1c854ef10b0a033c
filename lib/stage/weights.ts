import type { Scale } from './bound.js';

/**
 * What a value counts for that comes to a queue of a rule. What a source hands on is in its queue, if it is to wait, before the
 * source goes on: meanwhile it is as its tuples are. What comes of a timer or an answer may be of any source.
 */
export class Weights implements Scale {
  /** Of the source that hands on a tuple now; 0 while none does. */
  own = 0;
  /** Of the largest tuples that come now. */
  largest = 1;

  get weight(): number {
    return this.own === 0 ? this.largest : this.own;
  }
}
