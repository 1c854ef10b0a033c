import { describe, expect, it } from '@jest/globals';
import { Motion } from '../../lib/channel/motion.js';
import { HandClock } from '../helpers/hand-clock.js';

/** Time passes second by second, until it is decided; `at` says how much has passed then. */
async function patiently(effort: (second: number) => number | undefined, stirred?: number) {
  const clock = new HandClock();
  const seconds = (): number => clock.now() / 1_000;
  const motion = new Motion(clock, () => effort(seconds()));
  let moved: boolean | undefined;
  void motion.patiently(10_000).then((is) => (moved = is));
  for (;;) {
    // What follows a timer does so in microtasks.
    await new Promise(setImmediate);
    if (moved !== undefined) return { moved, at: seconds() };
    clock.advance(1_000);
    if (seconds() === stirred) motion.stir();
  }
}

describe('patience', () => {
  it.each<[string, (second: number) => number | undefined, number]>([
    ['ends when nothing can be seen', () => undefined, 10],
    ['ends soon when nothing is done', () => 7_000, 12],
    ['ends soon when hardly anything is done', (second) => second * 4, 12],
    ['lasts while something is done', (second) => second * 5, 30],
    ['lasts while something is done, and threads of it end', (second) => 7_000 - second * 5, 30],
    ['ends when nothing is done any longer', (second) => Math.min(second, 15) * 5, 16],
    ['ends when nothing can be seen any longer', (second) => (second < 15 ? second * 5 : undefined), 16],
  ])('%s', async (_, effort, at) => {
    expect(await patiently(effort)).toEqual({ moved: false, at });
  });

  it.each([3, 11, 29])('ends well when something moves, after %d s', async (at) => {
    expect(await patiently((second) => second * 100, at)).toEqual({ moved: true, at });
  });
});
