/** How long something takes, over a run of any length: counted in steps of two percent, kept apart by tenths of the run. */

const STEP = Math.log(1.02);
const TENTHS = 10;

class Histogram {
  private readonly counts = new Map<number, number>();
  private total = 0;

  add(ms: number): void {
    const step = Math.ceil(Math.log(Math.max(ms, 1e-3)) / STEP);
    this.counts.set(step, (this.counts.get(step) ?? 0) + 1);
    this.total += 1;
  }

  /** NaN of nothing. */
  quantile(q: number): number {
    let below = 0;
    for (const [step, count] of [...this.counts].sort(([a], [b]) => a - b)) {
      below += count;
      if (below >= q * this.total) return Math.exp(step * STEP);
    }
    return NaN;
  }
}

export interface Drift {
  /** Of the first and of the last tenth, in milliseconds. */
  readonly first: number;
  readonly last: number;
}

export class Latency {
  private readonly tenths = Array.from({ length: TENTHS }, () => new Histogram());

  /** `progress` is from 0 to 1; what comes before or after belongs to nothing. */
  add(ms: number, progress: number): void {
    this.tenths[Math.floor(progress * TENTHS)]?.add(ms);
  }

  drift(q: number): Drift {
    return { first: this.tenths[0]?.quantile(q) ?? NaN, last: this.tenths.at(-1)?.quantile(q) ?? NaN };
  }
}
