import type { Clock } from '../clock.js';

/** What may be done once in `gap` milliseconds. */
export class Seldom {
  private last = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly gap: number,
  ) {}

  /** True when it may be done now; it then counts as done. */
  due(): boolean {
    const now = this.clock.now();
    if (now - this.last < this.gap) return false;
    this.last = now;
    return true;
  }
}
