import type { Runner } from '../control/instance.js';

/**
 * Whose connection it is that comes. Those of several processes look alike, and come in the order in which these were
 * told to connect; a guess where two were told at once, which costs the wrong one its process should the other one hang.
 */
export class Arrivals {
  private readonly expected = new Set<Runner>();

  /** A process is told to connect, or has lost its connection and may dial again. */
  expect(runner: Runner): void {
    this.expected.delete(runner);
    this.expected.add(runner);
  }

  /** Who connects now; undefined for somebody whom nobody has told to. */
  next(): Runner | undefined {
    for (const runner of this.expected) {
      // What is gone is told again when it has come back.
      this.expected.delete(runner);
      if (runner.ready) return runner;
    }
    return undefined;
  }
}
