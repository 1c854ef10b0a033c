import { describe, expect, it } from '@jest/globals';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { firstValueFrom, map, of, Subject, take } from 'rxjs';
import { validate, type Invalid } from '../../operators/index.js';
import { marbles } from '../helpers/marbles.js';

const Reading = t.type({ celsius: t.number, tags: t.array(t.string) }, 'Reading');

const values = {
  a: { celsius: 20, tags: [] },
  b: { celsius: 21, tags: ['x'] },
  x: { celsius: 'hot', tags: [] },
  m: 'validate(Reading): Invalid value "hot" supplied to : Reading/celsius: number',
};
const refused = expect.objectContaining({ code: 'ERR_VALUE_INVALID', message: values.m });

/** The text of the error for `value`. */
const textFor = async (codec: t.Decoder<unknown, unknown>, value: unknown): Promise<string> => {
  const invalid = new Subject<Invalid>();
  const first = firstValueFrom(invalid);
  of(value).pipe(validate(codec, { invalid })).subscribe();
  return (await first).error.message;
};

describe('validate', () => {
  it(
    'emits valid values',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-|', values);
      const subs = '       ^----!';
      const expected = '   -a-b-|';

      expectObservable(source.pipe(validate(Reading))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'emits what the codec makes of a value',
    marbles(({ cold, expectObservable }) => {
      const Celsius = t.exact(t.type({ celsius: t.number }));
      const source = cold('-a-b-|', values);
      const expected = '   -p-q-|';

      expectObservable(source.pipe(validate(Celsius))).toBe(expected, { p: { celsius: 20 }, q: { celsius: 21 } });
    }),
  );

  it(
    'fails at the first invalid value',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-x-b-|', values);
      const subs = '       ^--!';
      const expected = '   -a-#';

      expectObservable(source.pipe(validate(Reading))).toBe(expected, values, refused);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'gives invalid values to an observer, which it does not complete',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const invalid = new Subject<Invalid>();
      const source = cold('-a-x-b-|', values);
      const subs = '       ^------!';
      const expected = '   -a---b-|';
      const aside = '      ---x----';

      expectObservable(invalid).toBe(aside, { x: { value: values.x, error: refused } });
      expectObservable(source.pipe(validate(Reading, { invalid }))).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('gives invalid values to a callback', () => {
    const invalid: Invalid[] = [];
    of(values.x, values.a)
      .pipe(validate(Reading, { invalid: (one) => invalid.push(one) }))
      .subscribe();

    expect(invalid).toEqual([{ value: values.x, error: refused }]);
  });

  it(
    'passes an empty source on',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('---|');
      const subs = '       ^--!';
      const expected = '   ---|';

      expectObservable(source.pipe(validate(Reading))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'passes an error of the source on',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-#', values, new Error('line down'));
      const subs = '       ^--!';
      const expected = '   -a-#';

      expectObservable(source.pipe(validate(Reading))).toBe(expected, values, new Error('line down'));
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'unsubscribes early, from a silent source too',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a----', values);
      const unsub = '      ---!';
      const subs = '       ^--!';
      const expected = '   -a--';

      expectObservable(source.pipe(validate(Reading)), unsub).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'serves each subscription by itself',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-x-|', values);
      const subs = ['      ^--!', '--^--!'];
      const readings = source.pipe(validate(Reading));

      expectObservable(readings).toBe('          -a-#', values, refused);
      expectObservable(readings, '--^').toBe('   ---a-#', values, refused);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it.each([
    ['the codec', of(1).pipe(validate(new t.Type('Broken', t.string.is, broken, t.identity)))],
    ['a callback', of(1).pipe(validate(t.string, { invalid: broken }))],
    ['an observer', of(1).pipe(validate(t.string, { invalid: { next: broken } }))],
  ])('fails with what %s throws, as it was thrown', async (_, stream) => {
    await expect(firstValueFrom(stream)).rejects.toBe(thrown);
  });

  it('stops a source that emits at once', () => {
    const seen: number[] = [];
    of(1, 2, 3)
      .pipe(
        map((n) => (seen.push(n), n)),
        validate(t.number),
        take(1),
      )
      .subscribe();

    expect(seen).toEqual([1]);
  });

  it('says what PathReporter says', async () => {
    const value = { celsius: null, tags: ['a', 1] };
    const [first, second] = PathReporter.report(Reading.decode(value));

    expect(await textFor(Reading, value)).toBe(`validate(Reading): ${first}; ${second}`);
  });

  it('uses the message of a codec that has one', async () => {
    const Even = new t.Type('Even', t.number.is, (value, context) => t.failure(value, context, 'not even'), t.identity);

    expect(await textFor(Even, 3)).toBe('validate(Even): not even');
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  it.each([
    ['a bigint', 12n, '12n'],
    ['a bigint inside', { n: 12n }, '[object Object]'],
    ['a cycle', cycle, '[object Object]'],
    ['NaN', NaN, 'NaN'],
    ['undefined', undefined, 'undefined'],
    ['a function', () => 1, 'function'],
    ['much text', 'x'.repeat(1_000), `"${'x'.repeat(119)}…`],
  ])('names %s', async (_, value, shown) => {
    expect(await textFor(t.boolean, value)).toBe(`validate(boolean): Invalid value ${shown} supplied to : boolean`);
  });

  it('names the first of very many problems', async () => {
    const text = await textFor(t.array(t.string), Array<number>(1_000).fill(7));

    expect(text).toMatch(/^validate\(Array<string>\): .*\/0: string; .*\/4: string; and 995 more$/);
  });
});

const thrown = new Error('broken');

function broken(): never {
  throw thrown;
}
