import { describe, expect, it } from '@jest/globals';
import type { SchedulerAction, Subscription } from 'rxjs';
import { after, deadline, pause, settlesWithin, systemClock, withDeadline } from '../lib/clock.js';
import { LONGEST } from '../lib/duration.js';
import { HandClock, ReadingClock } from './helpers/hand-clock.js';

/** Keeps what its timers were set to. */
class RecordingClock extends HandClock {
  readonly delays: number[] = [];

  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T): Subscription {
    this.delays.push(delay);
    return super.schedule(work, delay, state);
  }
}

/** 70 days: three timers of Node. */
const MONTHS = 70 * 24 * 3_600_000;

describe('a wait that is longer than a timer of Node', () => {
  it('ends in time, and no timer is set to more', () => {
    const clock = new RecordingClock();
    let ended = 0;
    const timer = after(clock, MONTHS, () => (ended += 1));
    clock.advance(MONTHS - 1);
    expect(ended).toBe(0);
    expect(timer.closed).toBe(false);
    clock.advance(1);
    expect([ended, timer.closed]).toEqual([1, true]);
    clock.advance(MONTHS);
    expect(ended).toBe(1);
    expect(clock.delays).toEqual([LONGEST, LONGEST, MONTHS - 2 * LONGEST]);
  });

  it('is given up half way', () => {
    const clock = new HandClock();
    let ended = 0;
    const timer = after(clock, MONTHS, () => (ended += 1));
    clock.advance(LONGEST + 5);
    timer.unsubscribe();
    clock.advance(MONTHS);
    expect(ended).toBe(0);
  });

  it.each([LONGEST + 1, Number.MAX_VALUE, Infinity])('does not end at once: %d ms', async (ms) => {
    const ended: string[] = [];
    const timer = after(systemClock, ms, () => ended.push('long'));
    await new Promise<void>((resolve) => after(systemClock, 30, resolve));
    expect(ended).toEqual([]);
    timer.unsubscribe();
  });
});

describe('a wait without end', () => {
  it('sets no timer', () => {
    const clock = new RecordingClock();
    after(clock, Infinity, () => undefined);
    expect(clock.delays).toEqual([]);
  });

  it('ends when what it waits for comes', async () => {
    const come = Promise.resolve('here');
    expect(await withDeadline(systemClock, Infinity, come, () => new Error('late'))).toBe('here');
    expect(await settlesWithin(systemClock, Infinity, come)).toBe(true);
    const waiting = new AbortController();
    const paused = pause(systemClock, Infinity, waiting.signal);
    waiting.abort();
    await paused;
  });
});

describe('a deadline', () => {
  const begun = (ms: number) => {
    const clock = new ReadingClock();
    const told: string[] = [];
    const timer = deadline(clock, ms, () => told.push('late'));
    return { clock, told, timer };
  };

  it.each([100, MONTHS])('is over when the sockets have been read, once: after %d ms', (ms) => {
    const { clock, told } = begun(ms);
    clock.advance(ms - 1);
    clock.read();
    clock.advance(1);
    expect(told).toEqual([]);
    clock.read();
    clock.read();
    expect(told).toEqual(['late']);
  });

  it.each([100, MONTHS])('is none for what has been read then: after %d ms', (ms) => {
    const { clock, told, timer } = begun(ms);
    clock.advance(ms);
    timer.unsubscribe();
    clock.read();
    expect(told).toEqual([]);
  });
});
