/** Count, mean and sum of squared distances from the mean, as Welford keeps them: no value is kept. */
interface Summary {
  count: number;
  mean: number;
  squares: number;
}

/** Standard scores of the values of each key, over all that came so far. */
export class RunningScores {
  private readonly summaries = new Map<string, Summary>();

  /** One key more, and the one that was used longest ago is forgotten. */
  constructor(private readonly maxKeys = 10_000) {}

  get size(): number {
    return this.summaries.size;
  }

  /**
   * How many standard deviations `value` lies above the mean of its key, itself included; 0 while they are all equal.
   *
   * Since the value is part of the mean, the n-th one scores (n - 1) / √n at most: three values prove little.
   */
  score(key: string, value: number): number {
    const summary = this.take(key);
    summary.count += 1;
    const distance = value - summary.mean;
    summary.mean += distance / summary.count;
    summary.squares += distance * (value - summary.mean);
    if (!Number.isFinite(summary.squares)) {
      // Too large to be squared: it scores as what lies infinitely far away, and its key begins anew with it.
      const farthest = (summary.count - 1) / Math.sqrt(summary.count);
      Object.assign(summary, { count: 1, mean: value, squares: 0 });
      return Math.sign(distance) * farthest || 0;
    }
    const score = (value - summary.mean) / Math.sqrt(summary.squares / (summary.count - 1));
    return Number.isFinite(score) ? score : 0;
  }

  /** The order of a Map is that of insertion: the first key is the one that was used longest ago. */
  private take(key: string): Summary {
    const summary = this.summaries.get(key) ?? { count: 0, mean: 0, squares: 0 };
    this.summaries.delete(key);
    this.summaries.set(key, summary);
    const oldest = this.summaries.keys().next();
    if (this.summaries.size > this.maxKeys && oldest.done !== true) this.summaries.delete(oldest.value);
    return summary;
  }
}
