import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Action, actions, describeAction } from '../helpers/chaos/actions.js';

const cast = { plugins: ['Go', 'Python', 'TypeScript'], rules: ['a', 'b'] };
const kinds: readonly Action['type'][] = ['kill', 'freeze', 'stranger', 'update', 'cycle'];
const seeds = fc.integer({ min: 0, max: 0xffff_ffff });

describe('the actions of a chaos run', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(actions(7, 60_000, cast)).toEqual(actions(7, 60_000, cast));
    expect(actions(7, 60_000, cast)).not.toEqual(actions(8, 60_000, cast));
  });

  it('go on where those of a shorter run end', () => {
    fc.assert(
      fc.property(seeds, fc.nat(30_000), (seed, time) => {
        const short = actions(seed, time, cast);
        expect(actions(seed, 60_000, cast).slice(0, short.length)).toEqual(short);
      }),
    );
  });

  it('come in order, within the time, of every kind', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const list = actions(seed, 60_000, cast);
        const times = list.map(({ at }) => at);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(times.at(-1)).toBeLessThan(60_000);
        expect(new Set(list.map(({ type }) => type))).toEqual(new Set(kinds));
      }),
    );
  });

  it('kill no plugin so often within five minutes that it counts as a crash loop', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const plugin of cast.plugins) {
          const kills = actions(seed, 900_000, cast).filter(
            (action) => action.type === 'kill' && action.plugin === plugin,
          );
          for (const { at } of kills) expect(kills.filter(inWindow(at)).length).toBeLessThanOrEqual(5);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('read as one line each', () => {
    expect(describeAction({ at: 12, type: 'freeze', plugin: 'Go', lasts: 300 })).toBe('12 ms: freeze Go 300');
  });
});

const inWindow =
  (start: number) =>
  ({ at }: Action): boolean =>
    at >= start && at < start + 300_000;
