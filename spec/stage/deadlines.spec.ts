import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Subscription } from 'rxjs';
import { Deadlines } from '../../lib/stage/deadlines.js';
import { HandClock } from '../helpers/hand-clock.js';

function start(wait = 10, heard: (key: string) => void = () => undefined) {
  const clock = new HandClock();
  const late: string[] = [];
  const deadlines = new Deadlines<string>(clock, wait, (key) => {
    late.push(`${key} ${clock.now()}`);
    heard(key);
  });
  return { clock, late, deadlines };
}

const open = ({ actions }: HandClock): number => actions.filter(({ closed }) => !closed).length;

describe('deadlines of one length', () => {
  it('are exact, each for itself, with one timer at a time', () => {
    const { clock, late, deadlines } = start();
    for (const key of ['a', 'b', 'c', 'd']) {
      deadlines.begin(key);
      expect(open(clock)).toBe(1);
      clock.advance(3);
    }
    deadlines.end('b');
    clock.advance(100);
    expect(late).toEqual(['a 10', 'c 16', 'd 19']);
    expect(open(clock)).toBe(0);
  });

  it('take no timer for what ends in time', () => {
    const { clock, late, deadlines } = start(2_000);
    for (let n = 0; n < 1_000; n += 1) {
      deadlines.begin(`${n}`);
      clock.advance(1);
      deadlines.end(`${n}`);
    }
    expect([late, clock.timers]).toEqual([[], 1]);
    clock.advance(2_000);
    expect([late, clock.timers, open(clock)]).toEqual([[], 1, 0]);
  });

  it('begin anew for what is waited for already', () => {
    const { clock, late, deadlines } = start();
    deadlines.begin('a');
    deadlines.begin('b');
    clock.advance(5);
    deadlines.begin('a');
    clock.advance(100);
    expect(late).toEqual(['b 10', 'a 15']);
  });

  it('may begin, end and stop when one is late', () => {
    const { clock, late, deadlines } = start(10, (key) => {
      if (key === 'a') deadlines.begin('again');
      if (key === 'a') deadlines.end('b');
      if (key === 'again') deadlines.stop();
      if (key === 'again') deadlines.begin('last');
    });
    for (const key of ['a', 'b', 'c']) deadlines.begin(key);
    clock.advance(10);
    expect([late, open(clock)]).toEqual([['a 10', 'c 10'], 1]);
    clock.advance(10);
    expect([late.slice(2), open(clock)]).toEqual([['again 20'], 1]);
    clock.advance(100);
    expect([late.slice(3), open(clock)]).toEqual([['last 30'], 0]);
  });

  it('go on for the others when one throws', () => {
    const timers: (() => void)[] = [];
    const late: string[] = [];
    // A virtual one gives up all its timers when one throws.
    const schedule = (work: unknown): Subscription => {
      timers.push(work as () => void);
      return new Subscription();
    };
    let now = 0;
    const deadlines = new Deadlines<string>({ now: () => now, schedule }, 10, (key) => {
      late.push(key);
      if (key === 'a') throw new Error('broken');
    });
    for (const key of ['a', 'b']) deadlines.begin(key);
    now = 10;
    expect(() => timers[0]?.()).toThrow('broken');
    timers[1]?.();
    expect([late, timers.length]).toEqual([['a', 'b'], 2]);
  });

  it('leave nothing behind when they stop', () => {
    const { clock, late, deadlines } = start();
    deadlines.begin('a');
    deadlines.stop();
    expect([deadlines.has('a'), open(clock)]).toEqual([false, 0]);
    clock.advance(100);
    expect(late).toEqual([]);
  });

  it('are never over without end, and longer than a timer of Node', () => {
    const endless = start(Infinity);
    endless.deadlines.begin('a');
    expect([endless.clock.timers, endless.deadlines.has('a')]).toEqual([0, true]);
    const long = start(2 ** 32);
    long.deadlines.begin('a');
    long.clock.advance(2 ** 32);
    expect(long.late).toEqual([`a ${2 ** 32}`]);
  });

  it('are those of a timer for each, whatever begins and ends when', () => {
    const steps = fc.array(fc.record({ wait: fc.nat(4), key: fc.nat(6), ends: fc.boolean() }), { maxLength: 100 });
    fc.assert(
      fc.property(steps, (all) => {
        const { clock, late, deadlines } = start();
        const expected = new Map<string, number>();
        const due: string[] = [];
        const pass = (ms: number): void => {
          clock.advance(ms);
          for (const [key, at] of expected)
            if (at <= clock.now()) {
              due.push(`${key} ${at}`);
              expected.delete(key);
            }
        };
        for (const { wait, key, ends } of all) {
          pass(wait);
          expected.delete(`${key}`);
          if (ends) deadlines.end(`${key}`);
          else {
            deadlines.begin(`${key}`);
            expected.set(`${key}`, clock.now() + 10);
          }
          expect(open(clock)).toBeLessThanOrEqual(1);
        }
        pass(100);
        expect(late).toEqual(due);
        expect(open(clock)).toBe(0);
      }),
    );
  });
});
