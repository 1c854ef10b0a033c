import { type Clock, pause } from '../clock.js';

/** How long a rule that stops may take for what waits for it, in milliseconds, and how long it may take nothing of it. */
const DELIVERY = 5_000;
const STANDSTILL = 1_000;

/** What still waits for a rule that takes it at its own pace. */
export interface Waiting {
  readonly isEmpty: boolean;
  /** How many the rule has taken so far. */
  readonly told: number;
  /** Told each time that nothing waits any more. */
  onEmpty: (() => void) | undefined;
}

/** Resolves when the rule has taken all, after 5 s, or after 1 s in which it has taken nothing. */
export async function taken(clock: Clock, waiting: Waiting): Promise<void> {
  const emptied = new AbortController();
  waiting.onEmpty = () => emptied.abort();
  const until = clock.now() + DELIVERY;
  for (let before = -1; !waiting.isEmpty && waiting.told > before && clock.now() < until;) {
    before = waiting.told;
    await pause(clock, STANDSTILL, emptied.signal);
  }
}
