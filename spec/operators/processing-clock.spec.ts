import { describe, expect, it } from '@jest/globals';
import { Subject, VirtualTimeScheduler, type SchedulerAction, type SchedulerLike, type Subscription } from 'rxjs';
import { tumbling } from '../../operators/index.js';
import { processingClock } from '../../operators/processing-clock.js';

/** A clock that can be set, with timers that it does not move; as those of Node, they may fire `early`. */
class SettableClock implements SchedulerLike {
  offset = 0;
  early = 0;
  readonly delays: number[] = [];
  private readonly timers = new VirtualTimeScheduler();

  now(): number {
    return this.timers.now() + this.offset;
  }

  schedule<T>(work: (this: SchedulerAction<T>, state: T) => void, delay = 0, state?: T): Subscription {
    this.delays.push(delay);
    return this.timers.schedule(work as (this: SchedulerAction<T>, state?: T) => void, delay - this.early, state);
  }

  /** Lets timers fire until `time`, in time that only goes forward. */
  runUntil(time: number): void {
    this.timers.maxFrames = time;
    this.timers.flush();
    this.timers.frame = time;
  }
}

const setUp = () => {
  const scheduler = new SettableClock();
  const clock = processingClock(scheduler);
  const rings: number[] = [];
  const subscription = clock.alarms.subscribe(() => rings.push(clock.now()));
  return { scheduler, clock, rings, subscription };
};

describe('processingClock', () => {
  it('stands still while the clock of the machine is behind', () => {
    const { scheduler, clock } = setUp();
    scheduler.offset = 100;
    expect(clock.now()).toBe(100);
    scheduler.offset = 50;
    expect(clock.now()).toBe(100);
    scheduler.offset = 101;
    expect(clock.now()).toBe(101);
  });

  it('has reached the time of an alarm that comes early', () => {
    const { scheduler, clock, rings } = setUp();
    scheduler.early = 1;
    clock.wakeAt(10);
    scheduler.runUntil(9);

    expect(scheduler.now()).toBe(9);
    expect(rings).toEqual([10]);
  });

  it('keeps one alarm, the last one asked for', () => {
    const { scheduler, clock, rings } = setUp();
    clock.wakeAt(10);
    clock.wakeAt(10);
    clock.wakeAt(20);
    scheduler.runUntil(30);

    expect(rings).toEqual([20]);
    expect(scheduler.delays).toEqual([10, 20]);
  });

  it('can be set again for the time at which it rang', () => {
    const { scheduler, clock, rings } = setUp();
    clock.wakeAt(10);
    scheduler.runUntil(10);
    clock.wakeAt(10);
    scheduler.runUntil(11);

    expect(rings).toEqual([10, 10]);
  });

  it('waits no longer than a timer of Node can', () => {
    const { scheduler, clock } = setUp();
    clock.wakeAt(2 ** 40);

    expect(scheduler.delays).toEqual([2 ** 31 - 1]);
  });

  it('rings no more after unsubscribe', () => {
    const { scheduler, clock, rings, subscription } = setUp();
    clock.wakeAt(10);
    subscription.unsubscribe();
    clock.wakeAt(12);
    scheduler.runUntil(30);

    expect(rings).toEqual([]);
  });
});

describe('tumbling on a clock that is not even', () => {
  const setUpWindows = (size: number) => {
    const scheduler = new SettableClock();
    const source = new Subject<string>();
    const windows: string[] = [];
    source
      .pipe(tumbling(size, { scheduler }))
      .subscribe(({ start, partial, values }) =>
        windows.push(`${start} ${values.join('')}${partial ? ' partial' : ''}`),
      );
    return { scheduler, source, windows };
  };

  it('never emits a window twice when timers fire early', () => {
    const { scheduler, source, windows } = setUpWindows(10);
    scheduler.early = 1;
    scheduler.runUntil(2);
    source.next('a');
    scheduler.runUntil(9);
    source.next('b');
    scheduler.runUntil(30);

    expect(windows).toEqual(['0 a', '10 b']);
  });

  it('goes on, window after window, when the clock is set back', () => {
    const { scheduler, source, windows } = setUpWindows(10);
    scheduler.offset = 1_000;
    source.next('a');
    scheduler.offset = 0;
    for (const [time, value] of [
      [5, 'b'],
      [12, 'c'],
      [25, 'd'],
    ] as const) {
      scheduler.runUntil(time);
      source.next(value);
    }
    scheduler.runUntil(60);

    expect(windows).toEqual(['1000 ab', '1010 c', '1020 d']);
  });

  it('takes a jump forward for time that has passed', () => {
    const { scheduler, source, windows } = setUpWindows(10);
    source.next('a');
    scheduler.offset = 1_000;
    source.next('b');
    scheduler.runUntil(60);

    expect(windows).toEqual(['0 a', '1000 b']);
  });

  it('holds a window open for longer than a timer can wait', () => {
    const size = 90 * 86_400_000;
    const { scheduler, source, windows } = setUpWindows(size);
    source.next('a');
    scheduler.runUntil(size - 1);
    expect(windows).toEqual([]);
    scheduler.runUntil(size);
    expect(windows).toEqual(['0 a']);
  });
});
