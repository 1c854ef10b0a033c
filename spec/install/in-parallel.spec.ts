import { describe, expect, it } from '@jest/globals';
import { inParallel } from '../../lib/install/in-parallel.js';

describe('inParallel', () => {
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('does everything, so many at a time and no more', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel(3, [1, 2, 3, 4, 5, 6, 7], async (item) => {
      most = Math.max(most, (running += 1));
      await turn();
      running -= 1;
      done.push(item);
    });
    expect([done.sort(), most]).toEqual([[1, 2, 3, 4, 5, 6, 7], 3]);
  });

  it('begins nothing after a failure, and is over when what was under way is', async () => {
    const begun: number[] = [];
    let running = 0;
    const work = inParallel(2, [1, 2, 3, 4, 5], async (item) => {
      begun.push(item);
      running += 1;
      if (item > 1) await turn();
      running -= 1;
      if (item === 1) throw new Error('first');
    });
    await expect(work).rejects.toThrow('first');
    expect([begun, running]).toEqual([[1, 2], 0]);
  });
});
