import { afterEach, beforeEach, expect } from '@jest/globals';
import { realProcess } from './real-process.js';

/** Call it at the top of a file: each spec fails that leaves a rejection which nobody has taken. */
export function expectNoRejections(): void {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeEach(() => {
    unhandled.length = 0;
    realProcess.on('unhandledRejection', note);
  });
  afterEach(async () => {
    // Node tells of them when the microtasks are done.
    await new Promise(setImmediate);
    realProcess.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
}
