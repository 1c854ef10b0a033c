import { describe, expect, it, jest } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { isEscalation, Revival } from '../../lib/symbol/revival.js';

/** A revival whose symbol dies `lives[i]` ms after its start; answers the attempts and when they came. */
function run(...lives: readonly number[]): { at: number; attempt: number }[] {
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
  const clock = new VirtualTimeScheduler();
  const seen: { at: number; attempt: number }[] = [];
  const left = [...lives];
  const revival = new Revival(clock, (attempt) => {
    seen.push({ at: clock.now(), attempt });
    live();
  });
  const live = (): void => {
    const life = left.shift();
    if (life === undefined) return;
    revival.started();
    clock.schedule(() => revival.died(), life);
  };
  live();
  clock.flush();
  return seen;
}

describe('the revival of a symbol', () => {
  it('comes after 200 ms, and twice as late each time, up to 30 s', () => {
    const gaps = run(...Array.from({ length: 10 }, () => 0)).map(({ at }, i, all) => at - (all[i - 1]?.at ?? 0));
    expect(gaps).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]);
  });

  it('counts its attempts anew after a minute of life', () => {
    expect(run(0, 59_999, 60_000, 0).map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2]);
  });

  it('does not come for what nobody has started, nor twice for one death', () => {
    const clock = new VirtualTimeScheduler();
    const seen: number[] = [];
    const revival = new Revival(clock, (attempt) => seen.push(attempt));
    expect(revival.died()).toBe(false);
    revival.started();
    expect(revival.died()).toBe(true);
    expect(revival.died()).toBe(false);
    clock.flush();
    expect(seen).toEqual([1]);
  });

  it('does not come once it is cancelled', () => {
    const clock = new VirtualTimeScheduler();
    const seen: number[] = [];
    const revival = new Revival(clock, (attempt) => seen.push(attempt));
    revival.started();
    revival.died();
    revival.cancel();
    clock.flush();
    expect(seen).toEqual([]);
    expect(revival.died()).toBe(false);
  });
});

describe('a new process for a symbol that dies again and again', () => {
  it.each([
    ['not before the fifth attempt', [1, 2, 3, 4], false],
    ['comes with the fifth', [5], true],
    ['not while the next ten are made', [6, 7, 8, 9, 10, 11, 12, 13, 14], false],
    ['comes with every tenth after that', [15, 25, 105], true],
    ['and not in between', [16, 20, 24, 26, 104], false],
  ])('%s', (_, attempts, escalates) => {
    expect(attempts.map(isEscalation)).toEqual(attempts.map(() => escalates));
  });
});
