/** So many calls of one function that a body makes are told apart. */
const MOST = 64;

/**
 * Where in a rule a call stands. SDKs keep a context for each place, for ever, so that there are few, the same in each run:
 * the first call of a function that the body makes, the second, and so on. Nothing tells the places apart at which calls are
 * made once the body has returned, for each value in a projection: they are one place for each function.
 */
export class CallPositions {
  private readonly made = new Map<string, number>();
  private isOver = false;

  next(symbol: string): string {
    const before = this.made.get(symbol) ?? 0;
    if (this.isOver || before >= MOST) return `${symbol} later`;
    this.made.set(symbol, before + 1);
    return `${symbol} ${before}`;
  }

  /** The body has returned. */
  end(): void {
    this.isOver = true;
  }
}
