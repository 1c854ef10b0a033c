import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, NEVER, of, Subject, toArray } from 'rxjs';
import { tumbling, type WindowOptions } from '../../operators/index.js';
import { marbles } from '../helpers/marbles.js';
import { TimerCounter } from '../helpers/timer-counter.js';
import { part, whole } from '../helpers/windows.js';

const thrown = new Error('broken');
const broken = (): never => {
  throw thrown;
};
const at = (n: number): number => n;
const coded = (code: string, message: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(message) });

/** What the stream of windows of `values` comes to. */
const windowsOf = (values: readonly number[], options: WindowOptions<number, unknown>): Promise<unknown[]> =>
  lastValueFrom(of(...values).pipe(tumbling(10, options), toArray()));

describe('tumbling fails with what a function of the user throws, as it was thrown', () => {
  it.each<[string, WindowOptions<number, unknown>]>([
    ['at', { at: broken }],
    ['partition', { at, partition: broken }],
    ['key', { key: broken }],
    ['a late callback', { at, late: broken }],
    ['a late observer', { at, late: { next: broken } }],
  ])('%s', async (_, options) => {
    await expect(windowsOf([15, 25, 5], options)).rejects.toBe(thrown);
  });

  const count = { init: () => 0, add: (n: number) => n + 1, result: (n: number) => n };
  it.each([
    ['init', { ...count, init: broken }],
    ['add', { ...count, add: broken }],
    ['result', { ...count, result: broken }],
  ])('%s of an aggregate', async (_, aggregate) => {
    const windows = of(1, 2).pipe(tumbling(10, { aggregate: { count: aggregate } }));

    await expect(lastValueFrom(windows)).rejects.toBe(thrown);
  });

  it(
    'result of an aggregate, when a timer asks for it',
    marbles(({ cold, expectObservable, expectSubscriptions, flush }) => {
      const scheduler = new TimerCounter();
      const aggregate = { count: { ...count, result: broken } };
      const source = cold('-a------------');
      const subs = '       ^---------!';
      const expected = '   ----------#';

      expectObservable(source.pipe(tumbling(10, { aggregate, scheduler }))).toBe(expected, {}, thrown);
      expectSubscriptions(source.subscriptions).toBe(subs);
      flush();
      expect(scheduler.pending).toBe(0);
    }),
  );

  it(
    'after what it emitted, and leaves the source',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const values = { a: 5, b: 15, c: 25 };
      const source = cold('-a-b-c-|', values);
      const subs = '       ^----!';
      // c ends the window of b before its own key is asked for.
      const expected = '   ---x-(y#)';
      const key = (n: number): undefined => (n === 25 ? broken() : undefined);

      expectObservable(source.pipe(tumbling(10, { at, key }))).toBe(
        expected,
        { x: whole(0, 5), y: whole(10, 15) },
        thrown,
      );
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );
});

describe('tumbling refuses what is no time', () => {
  it.each([
    [NaN, 'tumbling: at gave NaN for {"t":null}: expected milliseconds since the epoch'],
    [Infinity, 'tumbling: at gave Infinity for'],
    [-8.64e15 - 1, 'tumbling: at gave -8640000000000001 for'],
    ['2026-01-01' as unknown as number, 'tumbling: at gave "2026-01-01" for {"t":"2026-01-01"}'],
    ['5' as unknown as number, 'tumbling: at gave "5" for {"t":"5"}'],
    [undefined as unknown as number, 'tumbling: at gave undefined for {}'],
  ])('at: %p', async (t, text) => {
    const windows = of({ t }).pipe(tumbling(10, { at: (value) => value.t }));

    await expect(lastValueFrom(windows)).rejects.toEqual(coded('ERR_VALUE_INVALID', text));
  });

  it('watermark: NaN', async () => {
    const windows = NEVER.pipe(tumbling(10, { at, watermark: of(5, NaN) }));

    await expect(lastValueFrom(windows)).rejects.toEqual(coded('ERR_VALUE_INVALID', 'watermark emitted NaN'));
  });
});

describe('tumbling keeps its bounds', () => {
  it('fails at one key more than maxKeys in a window', async () => {
    const key = (n: number): number => n;

    await expect(windowsOf([1, 2, 11, 12, 1], { at, maxDelay: 20, key, maxKeys: 2 })).resolves.toHaveLength(4);
    await expect(windowsOf([1, 2, 3], { at, key, maxKeys: 2 })).rejects.toEqual(
      coded('ERR_OPERATOR_BOUND', 'tumbling: more than 2 keys in one window'),
    );
  });

  it('fails at one partition more than maxKeys', async () => {
    const partition = (n: number): number => n;

    await expect(windowsOf([1, 2, 1], { at, partition, maxKeys: 2 })).resolves.toHaveLength(1);
    await expect(windowsOf([1, 2, 3], { at, partition, maxKeys: 2 })).rejects.toEqual(
      coded('ERR_OPERATOR_BOUND', 'tumbling: more than 2 partitions'),
    );
  });

  it('emits the oldest window early at maxValues, and it and the rest of it as partial', async () => {
    const options = { at, maxDelay: 20, maxValues: 3 };

    await expect(windowsOf([1, 11, 2, 3, 12, 13, 35], options)).resolves.toEqual([
      part(0, 1, 2),
      part(0, 3),
      part(10, 11, 12, 13),
      part(30, 35),
    ]);
    await expect(windowsOf([1, 2, 3, 4, 11, 25], { at, maxValues: 3 })).resolves.toEqual([
      part(0, 1, 2, 3),
      part(0, 4),
      whole(10, 11),
      part(20, 25),
    ]);
  });

  it('counts states rather than values towards maxValues when there is an aggregate', async () => {
    const aggregate = { last: { init: () => 0, add: (_: number, n: number) => n, result: (n: number) => n } };
    const options = { at, key: (n: number) => n % 2, maxValues: 2, aggregate };
    const windows = of(1, 3, 5, 7, 2, 9).pipe(tumbling(10, options), toArray());

    const fields = (key: number, last: number) => ({ start: 0, end: 10, key, partial: true, last });
    await expect(lastValueFrom(windows)).resolves.toEqual([fields(1, 7), fields(0, 2), fields(1, 9)]);
  });

  it('calls the rest of a window partial, too, when an older one was emitted early after it', async () => {
    const options = { at, maxDelay: 20, maxValues: 2 };

    await expect(windowsOf([11, 12, 1, 2, 13, 45], options)).resolves.toEqual([
      part(10, 11, 12),
      part(0, 1, 2),
      part(10, 13),
      part(40, 45),
    ]);
  });

  it('counts towards maxValues only what is open', async () => {
    const aggregate = { last: { init: () => 0, add: (_: number, n: number) => n, result: (n: number) => n } };
    const windows = of(1, 11, 21, 31).pipe(tumbling(10, { at, maxValues: 2, aggregate }), toArray());
    const partial = (await lastValueFrom(windows)).map((window) => window.partial);

    expect(partial).toEqual([false, false, false, true]);
  });

  it('has defaults', async () => {
    const key = (n: number): number => n;
    const numbers = Array.from({ length: 100_001 }, (_, n) => n);

    await expect(windowsOf(numbers.slice(0, 10_001), { at: () => 0, key })).rejects.toEqual(
      coded('ERR_OPERATOR_BOUND', 'more than 10000 keys'),
    );
    const [full, rest] = (await windowsOf(numbers, { at: () => 0 })) as { values: number[] }[];
    expect([full?.values.length, rest?.values.length]).toEqual([100_000, 1]);
  });
});

describe('tumbling refuses at once', () => {
  it.each([0, -1, 1.5, NaN, Infinity])('a size of %p', (size) => {
    expect(() => tumbling(size)).toThrow(coded('ERR_OPERATOR_OPTION', `tumbling: size is ${size}`));
  });

  const watermark = new Subject<number>();
  it.each<[WindowOptions<number, unknown>, string]>([
    [{ at, maxDelay: -1 }, 'maxDelay is -1'],
    [{ at, maxDelay: Infinity }, 'maxDelay is Infinity'],
    [{ at, partition: at, idle: 0 }, 'idle is 0'],
    [{ maxKeys: 0 }, 'maxKeys is 0'],
    [{ maxValues: NaN }, 'maxValues is NaN'],
    [{ maxDelay: 5 }, 'maxDelay is about event time'],
    [{ late: () => {} }, 'late is about event time'],
    [{ watermark }, 'watermark is about event time'],
    [{ at, watermark, maxDelay: 5 }, 'maxDelay is for a watermark made from the values'],
    [{ at, watermark, partition: at }, 'partition is for a watermark made from the values'],
    [{ at, idle: 5 }, 'give partition too'],
  ])('%p', (options, text) => {
    expect(() => tumbling(10, options)).toThrow(coded('ERR_OPERATOR_OPTION', text));
  });

  it('an aggregate that would hide a field of the window', () => {
    const start = { init: () => 0, add: () => 0, result: () => 0 };

    expect(() => tumbling(10, { aggregate: { start } })).toThrow(
      coded('ERR_OPERATOR_OPTION', 'aggregate start has the name of a field'),
    );
  });
});
