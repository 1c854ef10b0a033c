/** Waits for what other processes do. */
import { setTimeout as sleep } from 'node:timers/promises';

/** The first answer of `ask` that is neither undefined nor false; fails after `ms`, saying what it waited for. */
export async function until<T>(
  ask: () => T | undefined | false,
  what: string = ask.toString(),
  ms = 30_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}`);
    await sleep(5);
  }
}
