/** How often in a row a sink may end while it has the same value. */
export const FATAL_TIMES = 3;

/** Notices a value that ends whoever gets it: sent again and again, it would keep all those behind it from going out. */
export class FatalValue<I> {
  private item: I | undefined;
  private times = 0;

  /** A connection has ended before `item` was acked: true when that was the last time. */
  endedWith(item: I): boolean {
    this.times = item === this.item ? this.times + 1 : 1;
    this.item = item;
    if (this.times < FATAL_TIMES) return false;
    this.item = undefined;
    return true;
  }
}
