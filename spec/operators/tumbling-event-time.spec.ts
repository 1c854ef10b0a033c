import { describe, expect, it } from '@jest/globals';
import { NEVER, of, Subject, take } from 'rxjs';
import { tumbling } from '../../operators/index.js';
import { marbles } from '../helpers/marbles.js';
import { TimerCounter } from '../helpers/timer-counter.js';
import { part, whole } from '../helpers/windows.js';

interface Reading {
  readonly t: number;
}
const at = ({ t }: Reading): number => t;

describe('tumbling in event time', () => {
  const a = { t: 3 };
  const b = { t: 8 };
  const c = { t: 10 };
  const d = { t: 19 };
  const e = { t: 27 };
  const values = { a, b, c, d, e };

  it(
    'emits a window when a value at or after its end arrives',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      // c is exactly at the end of the first window.
      const source = cold('-a-b-c-d-e-|', values);
      const subs = '       ^----------!';
      const expected = '   -----x---y-(z|)';

      expectObservable(source.pipe(tumbling(10, { at }))).toBe(expected, {
        x: whole(0, a, b),
        y: whole(10, c, d),
        z: part(20, e),
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'waits maxDelay for values out of order',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      // d brings the watermark to 9, so b still finds its window; e brings it to 17.
      const source = cold('-a-c-d-b-e-|', values);
      const subs = '       ^----------!';
      const expected = '   ---------x-(yz|)';

      expectObservable(source.pipe(tumbling(10, { at, maxDelay: 10 }))).toBe(expected, {
        x: whole(0, a, b),
        y: part(10, c, d),
        z: part(20, e),
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'takes a value older than the watermark while its window is open',
    marbles(({ cold, expectObservable }) => {
      const source = cold('-b-a-|', values);
      const expected = '   -----(x|)';

      expectObservable(source.pipe(tumbling(10, { at }))).toBe(expected, { x: part(0, b, a) });
    }),
  );

  it(
    'gives late values to an observer, which it does not complete',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const late = new Subject<Reading>();
      const source = cold('-a-c-b-e-d|', values);
      const subs = '       ^---------!';
      const expected = '   ---x---y--(z|)';
      const aside = '      -----b---d';

      expectObservable(late).toBe(aside, values);
      expectObservable(source.pipe(tumbling(10, { at, late }))).toBe(expected, {
        x: whole(0, a),
        y: whole(10, c),
        z: part(20, e),
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('gives late values to a callback', () => {
    const late: Reading[] = [];
    of(c, a)
      .pipe(tumbling(10, { at, late: (value) => late.push(value) }))
      .subscribe();

    expect(late).toEqual([a]);
  });

  it('aligns windows before the epoch, and across a change of the clocks, as all others', () => {
    const starts: number[] = [];
    const times = [-1, -10, -11].concat(
      Date.UTC(2026, 2, 29, 0, 59),
      Date.UTC(2026, 2, 29, 1),
      Date.UTC(2026, 2, 30) - 1,
    );
    for (const t of times) {
      for (const size of [10, 86_400_000]) {
        of(t)
          .pipe(tumbling(size, { at: (n) => n }))
          .subscribe(({ start }) => starts.push(start));
      }
    }

    const day = Date.UTC(2026, 2, 29);
    expect(starts).toEqual([
      ...[-10, -86_400_000, -10, -86_400_000, -20, -86_400_000],
      ...[times[3], day, times[4], day, Date.UTC(2026, 2, 30) - 10, day],
    ]);
  });

  describe('with a watermark from elsewhere', () => {
    const marks = { u: 9, v: 10, w: 5, i: Infinity };

    it(
      'emits what it has reached, ignoring that it goes back',
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const late = new Subject<Reading>();
        const watermark = cold('---u-v-w-----', marks);
        const source = cold('   -a---d-d-b-|', values);
        const subs = '          ^----------!';
        const expected = '      -----x-----(y|)';

        expectObservable(late).toBe('---------b-', values);
        expectObservable(source.pipe(tumbling(10, { at, watermark, late }))).toBe(expected, {
          x: whole(0, a),
          y: part(10, d, d),
        });
        expectSubscriptions(source.subscriptions).toBe(subs);
        expectSubscriptions(watermark.subscriptions).toBe(subs);
      }),
    );

    it(
      'goes on when the watermark completes',
      marbles(({ cold, expectObservable }) => {
        const watermark = cold('---v|', marks);
        const source = cold('   -a------d-|', values);
        const expected = '      ---x------(y|)';

        expectObservable(source.pipe(tumbling(10, { at, watermark }))).toBe(expected, {
          x: whole(0, a),
          y: part(10, d),
        });
      }),
    );

    it(
      'ends every window at Infinity',
      marbles(({ cold, expectObservable }) => {
        const watermark = cold('---i-', marks);
        const source = cold('   -ae----|', values);
        const expected = '      ---(xy)|';

        expectObservable(source.pipe(tumbling(10, { at, watermark }))).toBe(expected, {
          x: whole(0, a),
          y: whole(20, e),
        });
      }),
    );

    it(
      'fails when the watermark does, before it subscribes the source if need be',
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const source = cold('-a----|', values);
        const error = new Error('no clock');

        expectObservable(source.pipe(tumbling(10, { at, watermark: cold<number>('---#', {}, error) }))).toBe(
          '---#',
          {},
          error,
        );
        expectObservable(source.pipe(tumbling(10, { at, watermark: cold<number>('#', {}, error) }))).toBe(
          '#',
          {},
          error,
        );
        expectSubscriptions(source.subscriptions).toBe(['^--!', '(^!)']);
      }),
    );

    it(
      'leaves both when it is unsubscribed, or a window ends it',
      marbles(({ cold, expectObservable, expectSubscriptions }) => {
        const watermark = cold('---v---', marks);
        const source = cold('   -ad----', values);
        const windows = source.pipe(tumbling(10, { at, watermark }));

        expectObservable(windows, '       --!').toBe('---');
        expectObservable(windows.pipe(take(1))).toBe('---(x|)', { x: whole(0, a) });
        expectSubscriptions(source.subscriptions).toBe(['^-!', '^--!']);
        expectSubscriptions(watermark.subscriptions).toBe(['^-!', '^--!']);
      }),
    );
  });

  it('needs no timer of its own', () => {
    const scheduler = new TimerCounter();
    NEVER.pipe(tumbling(10, { at: () => 0, scheduler })).subscribe();
    of(a, c).pipe(tumbling(10, { at, scheduler })).subscribe();

    expect(scheduler.pending).toBe(0);
  });
});
