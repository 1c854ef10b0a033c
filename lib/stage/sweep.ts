/** For fewer nobody looks. */
const LEAST = 32;

/**
 * When to look through a queue for what is of no use there any longer: once that is about half of it, so that each costs
 * a look at two, and a queue is at most about twice as long as it has to be.
 */
export class Sweep {
  private useless = 0;

  /** So many more in a queue of that length are of no use; true when it is to be looked through. */
  due(length: number, more = 1): boolean {
    this.useless += more;
    if (this.useless < LEAST || 2 * this.useless < length) return false;
    this.useless = 0;
    return true;
  }
}
