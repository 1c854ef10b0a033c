import type { Runner } from '../control/instance.js';

/** Processes, each with the id that it had when it came in here: with another one it lives anew, and is told again. */
type Expected = Map<Runner, number | undefined>;

/**
 * Whose connection it is that comes. Those of several processes look alike, and come in the order in which these were
 * told to connect; a guess where two were told at once, which costs the wrong one its process should the other one hang.
 */
export class Arrivals {
  private readonly told: Expected = new Map();
  /** They may dial again by themselves, and only then is it one of them: who was told does so in any case. */
  private readonly lost: Expected = new Map();

  /** A process is told to connect. */
  expect(runner: Runner): void {
    this.lost.delete(runner);
    this.told.delete(runner);
    this.told.set(runner, runner.pid);
  }

  /** A process has lost its connection. */
  left(runner: Runner): void {
    // The Go SDK dials again within moments, before anybody who is told from now on.
    if (runner.plugin.manifest.language === 'go') return this.expect(runner);
    if (!this.told.has(runner)) this.lost.set(runner, runner.pid);
  }

  /** Who connects now; undefined for somebody whom nobody has told to. */
  next(): Runner | undefined {
    return first(this.told) ?? first(this.lost);
  }
}

function first(expected: Expected): Runner | undefined {
  for (const [runner, pid] of expected) {
    // What is gone is told again when it has come back.
    expected.delete(runner);
    if (runner.ready && runner.pid === pid) return runner;
  }
  return undefined;
}
