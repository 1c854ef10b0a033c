import { describe, expect, it } from '@jest/globals';
import { asyncScheduler, of, range, Subject, take, tap } from 'rxjs';
import { tumbling } from '../../operators/index.js';
import { marbles } from '../helpers/marbles.js';
import { TimerCounter } from '../helpers/timer-counter.js';
import { part, span, whole } from '../helpers/windows.js';

describe('tumbling in processing time', () => {
  it(
    'emits the values of each window at its end',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      // b arrives on the boundary, so in the second window.
      const source = cold('--a-------b-c----------|');
      const subs = '       ^----------------------!';
      const expected = '   ----------x---------y--|';

      expectObservable(source.pipe(tumbling(10))).toBe(expected, { x: whole(0, 'a'), y: whole(10, 'b', 'c') });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'aligns windows to the epoch, not to the subscription',
    marbles(({ hot, expectObservable }) => {
      const source = hot(' -a-----b-----c------');
      const sub = '        ------^-------------';
      const expected = '   ----------x---------y';

      expectObservable(source.pipe(tumbling(10)), sub).toBe(expected, { x: whole(0, 'b'), y: whole(10, 'c') });
    }),
  );

  it(
    'emits no window without values',
    marbles(({ cold, expectObservable }) => {
      const source = cold('-a------------------------------b----------|');
      const expected = '   ----------x-----------------------------y--|';

      expectObservable(source.pipe(tumbling(10))).toBe(expected, { x: whole(0, 'a'), y: whole(30, 'b') });
    }),
  );

  it(
    'emits open windows as partial when the source completes',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b--|');
      const subs = '       ^-----!';
      const expected = '   ------(x|)';

      expectObservable(source.pipe(tumbling(10))).toBe(expected, { x: part(0, 'a', 'b') });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'emits a window as whole when the source completes at its end',
    marbles(({ cold, expectObservable }) => {
      const source = cold('-a--------|');
      const expected = '   ----------(x|)';

      expectObservable(source.pipe(tumbling(10))).toBe(expected, { x: whole(0, 'a') });
    }),
  );

  it(
    'emits one window per key, in the order in which the keys came',
    marbles(({ cold, expectObservable }) => {
      const source = cold('-b-a-B--------a--|');
      const expected = '   ----------(xy)---(z|)';
      const key = (value: string): string => value.toLowerCase();

      expectObservable(source.pipe(tumbling(10, { key }))).toBe(expected, {
        x: { ...whole(0, 'b', 'B'), key: 'b' },
        y: { ...whole(0, 'a'), key: 'a' },
        z: { ...part(10, 'a'), key: 'a' },
      });
    }),
  );

  it(
    'emits aggregates in place of the values',
    marbles(({ cold, expectObservable }) => {
      const aggregate = {
        count: { init: () => 0, add: (count: number) => count + 1, result: (count: number) => count },
        joined: { init: () => '', add: (text: string, value: string) => text + value, result: (text: string) => text },
      };
      const source = cold('-a-b--------c-|');
      const expected = '   ----------x---(y|)';

      expectObservable(source.pipe(tumbling(10, { aggregate }))).toBe(expected, {
        x: { ...span(0), partial: false, count: 2, joined: 'ab' },
        y: { ...span(10), partial: true, count: 1, joined: 'c' },
      });
    }),
  );

  it(
    'takes time and timers from the scheduler it is given',
    marbles(({ cold, expectObservable }) => {
      const ahead = new TimerCounter();
      ahead.now = () => asyncScheduler.now() + 5;
      const source = cold('a-----b--|');
      const expected = '   -----x---(y|)';

      expectObservable(source.pipe(tumbling(10, { scheduler: ahead }))).toBe(expected, {
        x: whole(0, 'a'),
        y: part(10, 'b'),
      });
    }),
  );

  it(
    'passes an empty source on',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('---|');
      const subs = '       ^--!';
      const expected = '   ---|';

      expectObservable(source.pipe(tumbling(10))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'passes a silent source on, without a timer',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const scheduler = new TimerCounter();
      const source = cold('---');
      const subs = '       ^--';
      const expected = '   ---';

      expectObservable(source.pipe(tumbling(10, { scheduler }))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectNoTimer(scheduler, flush);
    }),
  );

  it(
    'passes an error of the source on, and no open window',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const scheduler = new TimerCounter();
      const source = cold('-a----------b-#', undefined, new Error('line down'));
      const subs = '       ^-------------!';
      const expected = '   ----------x---#';

      expectObservable(source.pipe(tumbling(10, { scheduler }))).toBe(
        expected,
        { x: whole(0, 'a') },
        new Error('line down'),
      );
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectNoTimer(scheduler, flush);
    }),
  );

  it(
    'unsubscribes early, from its timers too',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const scheduler = new TimerCounter();
      const source = cold('-a----------b-------|');
      const unsub = '      --------------!';
      const subs = '       ^-------------!';
      const expected = '   ----------x----';

      expectObservable(source.pipe(tumbling(10, { scheduler })), unsub).toBe(expected, { x: whole(0, 'a') });
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectNoTimer(scheduler, flush);
    }),
  );

  it(
    'ends when a window ends the subscription',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const scheduler = new TimerCounter();
      const source = cold('-a-b------c----|');
      const subs = '       ^---------!';
      const expected = '   ----------(x|)';
      const key = (value: string): string => value;

      expectObservable(source.pipe(tumbling(10, { scheduler, key }), take(1))).toBe(expected, {
        x: { ...whole(0, 'a'), key: 'a' },
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectNoTimer(scheduler, flush);
    }),
  );

  it(
    'keeps separate windows for each subscription',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a--b----------|');
      const subs = ['      ^--------------!', '---^--------------!'];
      const windows = source.pipe(tumbling(10));

      expectObservable(windows).toBe('       ----------x----|', { x: whole(0, 'a', 'b') });
      expectObservable(windows, '---^').toBe('----------x-------|', { x: whole(0, 'a', 'b') });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('takes values that its own windows bring about', () => {
    const source = new Subject<number>();
    const seen: (readonly number[])[] = [];
    source.pipe(tumbling(10, { at: (n) => n })).subscribe(({ values, end, partial }) => {
      seen.push(values);
      if (!partial) source.next(end + 1);
    });
    source.next(5);
    source.next(15);
    source.next(27);
    source.complete();

    expect(seen).toEqual([[5], [11, 15], [21, 27]]);
  });

  it('stops a source that emits at once', () => {
    const seen: number[] = [];
    const subscription = range(0, 1_000)
      .pipe(
        tap((n) => seen.push(n)),
        tumbling(10, { at: (n) => n }),
        take(1),
      )
      .subscribe();

    expect(subscription.closed).toBe(true);
    expect(seen).toHaveLength(11);
  });

  it('works on a source that ends at once', () => {
    const seen: unknown[] = [];
    of('a', 'b')
      .pipe(tumbling(86_400_000))
      .subscribe(({ values, partial }) => seen.push({ values, partial }));

    expect(seen).toEqual([{ values: ['a', 'b'], partial: true }]);
  });
});

function expectNoTimer(scheduler: TimerCounter, flush: () => void): void {
  flush();
  expect(scheduler.pending).toBe(0);
}
