import { describe, expect, it } from '@jest/globals';
import { map } from 'rxjs';
import { deadband } from '../../operators/index.js';
import { marbles } from '../helpers/marbles.js';

const values = { a: 20, b: 20.25, c: 20.5, d: 20.75, e: 19.5, n: NaN, i: Infinity, j: -Infinity };

describe('deadband', () => {
  it(
    'drops readings within the width of the last one emitted, not of the last one seen',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      // c is exactly the width away from a, and d is far from a but near c.
      const source = cold('-a-b-c-d-e-|', values);
      const subs = '       ^----------!';
      const expected = '   -a---c---e-|';

      expectObservable(source.pipe(deadband(0.5))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'measures what select names',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const readings = { a: { celsius: 20 }, b: { celsius: 20.25 }, c: { celsius: 20.5 } };
      const source = cold('-a-b-c-|', readings);
      const subs = '       ^------!';
      const expected = '   -a---c-|';

      expectObservable(source.pipe(deadband(0.5, ({ celsius }) => celsius))).toBe(expected, readings);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'emits the first of several NaN, and the next number',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('nna-b-n-n-b-a|', values);
      const subs = '       ^------------!';
      const expected = '   n-a---n---b--|';

      expectObservable(source.pipe(deadband(0.5))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'takes an infinity for equal to itself and far from all else',
    marbles(({ cold, expectObservable }) => {
      const source = cold('iijja-i|', values);
      const expected = '   i-j-a-i|';

      expectObservable(source.pipe(deadband(0.5))).toBe(expected, values);
    }),
  );

  it(
    'drops nothing when the width is 0',
    marbles(({ cold, expectObservable }) => {
      const source = cold('aabn-n|', values);
      const expected = '   aabn-n|';

      expectObservable(source.pipe(deadband(0))).toBe(expected, values);
    }),
  );

  it(
    'passes an empty source on',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<number>('---|');
      const subs = '               ^--!';
      const expected = '           ---|';

      expectObservable(source.pipe(deadband(0.5))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'passes a silent source on',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<number>('---');
      const subs = '               ^--';
      const expected = '           ---';

      expectObservable(source.pipe(deadband(0.5))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'passes an error of the source on',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-#', values, new Error('line down'));
      const subs = '       ^----!';
      const expected = '   -a---#';

      expectObservable(source.pipe(deadband(0.5))).toBe(expected, values, new Error('line down'));
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'fails with what select throws',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c-|', values);
      const subs = '       ^----!';
      const expected = '   -a---#';
      const select = (value: number): number => {
        if (value === values.c) throw new Error('no reading');
        return value;
      };

      expectObservable(source.pipe(deadband(0.5, select))).toBe(expected, values, new Error('no reading'));
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes early',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c-d-|', values);
      const unsub = '      ---!';
      const subs = '       ^--!';
      const expected = '   -a--';

      expectObservable(source.pipe(deadband(0.5)), unsub).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'keeps a separate state for each subscription',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c-|', values);
      const subs = ['      ^------!', '--^------!'];
      const readings = source.pipe(deadband(0.5));

      expectObservable(readings).toBe('          -a---c-|', values);
      expectObservable(readings, '--^').toBe('   ---a---c-|', values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'keeps a separate state for each source it is given',
    marbles(({ cold, expectObservable }) => {
      const quiet = deadband(0.5);

      expectObservable(cold('-a-b|', values).pipe(quiet)).toBe('-a--|', values);
      expectObservable(
        cold('-a-b|', values).pipe(
          map((n) => n + 0.25),
          quiet,
        ),
      ).toBe('-b--|', values);
    }),
  );

  it.each([-1, NaN, Infinity])('refuses a width of %d at once', (width) => {
    expect(() => deadband(width)).toThrow(expect.objectContaining({ code: 'ERR_OPERATOR_OPTION' }));
  });
});
