import { describe, expect, it } from '@jest/globals';
import { Stalls } from '../../lib/rule/stalls.js';
import { HandClock } from '../helpers/hand-clock.js';

const MINUTE = 60_000;

function start() {
  const clock = new HandClock();
  const told: string[] = [];
  const stalls = new Stalls(clock);
  const stage = (name: string) => {
    const state = { worked: 0, wanted: true };
    const holds = stalls.watch({
      worked: () => state.worked,
      stalled: (silence) => {
        if (state.wanted) told.push(`${name} ${silence} at ${clock.now()}`);
        return state.wanted;
      },
    });
    return { state, holds };
  };
  return { clock, told, stalls, stage };
}

describe('a stage that holds the sources', () => {
  it('is told of after a minute without a value, not before, and once', () => {
    const { clock, told, stage } = start();
    clock.advance(7);
    stage('a').holds(true);
    clock.advance(MINUTE - 1);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual([`a ${MINUTE} at ${MINUTE + 7}`]);
    clock.advance(100 * MINUTE);
    expect(told).toHaveLength(1);
  });

  it('is told of again after it has moved, and one that moves is not', () => {
    const { clock, told, stage } = start();
    const { state, holds } = stage('a');
    holds(true);
    clock.advance(MINUTE - 1);
    state.worked += 1;
    clock.advance(MINUTE);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toHaveLength(1);
    state.worked += 1;
    clock.advance(2 * MINUTE);
    expect(told).toHaveLength(2);
  });

  it('is told of again only when it has moved, though it let go of them meanwhile', () => {
    const { clock, told, stage } = start();
    const { state, holds } = stage('a');
    holds(true);
    clock.advance(MINUTE);
    holds(false);
    holds(true);
    clock.advance(10 * MINUTE);
    expect(told).toHaveLength(1);
    holds(false);
    state.worked += 5;
    holds(true);
    clock.advance(MINUTE);
    expect(told).toHaveLength(2);
  });

  it('is not told of while it lets them go now and then', () => {
    const { clock, told, stage } = start();
    const { holds } = stage('a');
    for (let n = 0; n < 20; n += 1) {
      holds(true);
      clock.advance(MINUTE / 2);
      holds(false);
    }
    clock.advance(MINUTE);
    expect(told).toEqual([]);
  });

  it('is told of later where nothing waits for it yet', () => {
    const { clock, told, stage } = start();
    const { state, holds } = stage('a');
    state.wanted = false;
    holds(true);
    clock.advance(MINUTE);
    state.wanted = true;
    clock.advance(MINUTE);
    expect(told).toHaveLength(1);
  });

  it('takes a timer a minute, with others, however often it holds them', () => {
    const { clock, told, stage } = start();
    const all = ['a', 'b', 'c'].map(stage);
    for (let n = 0; n < 5_000; n += 1) {
      for (const { holds, state } of all) {
        holds(true);
        state.worked += 1;
        if (n % 2 === 0) holds(false);
      }
      clock.advance(24);
    }
    expect([told, clock.timers]).toEqual([[], expect.any(Number)]);
    expect(clock.timers).toBeLessThanOrEqual(5);
  });

  it('leaves no timer behind, and begins none any longer', () => {
    const { clock, told, stalls, stage } = start();
    const [a, b] = ['a', 'b'].map(stage);
    a?.holds(true);
    stalls.stop();
    b?.holds(true);
    expect(clock.actions.filter(({ closed }) => !closed)).toEqual([]);
    clock.advance(10 * MINUTE);
    expect(told).toEqual([]);
  });
});
