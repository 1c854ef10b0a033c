import { describe, expect, it } from '@jest/globals';
import { EMPTY, finalize, from, map, NEVER, type Observable, of, range, Subject, take, timer } from 'rxjs';
import { mapAsync } from '../../operators/index.js';
import { many } from '../helpers/many.js';
import { marbles } from '../helpers/marbles.js';
import { recordStages } from '../helpers/record-stages.js';

/** Each value takes as long as it says, and comes back as itself. */
const wait = (ms: string): Observable<string> => timer(Number(ms)).pipe(map(() => ms));

describe('mapAsync', () => {
  it(
    'has one project under way, unless it is told otherwise',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-5-11---------|');
      const subs = '       ^-------------!';
      const expected = '   ------511-----|';

      expectObservable(source.pipe(mapAsync(wait))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'has as many under way as it may, and keeps the order of input',
    marbles(({ cold, expectObservable }) => {
      const source = cold('-5-2-1--------|');
      const expected = '   ------(521)---|';

      expectObservable(source.pipe(mapAsync(wait, { concurrency: 3 }))).toBe(expected);
    }),
  );

  it(
    'emits in the order of completion where that is asked for',
    marbles(({ cold, expectObservable }) => {
      const source = cold('-6-2-1--------|');
      const expected = '   -----216------|';

      expectObservable(source.pipe(mapAsync(wait, { concurrency: 2, order: 'completion' }))).toBe(expected);
    }),
  );

  it(
    'completes when the last that is out has come back, and at once when none is',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-3-3|');
      const subs = '       ^---!';
      const expected = '   ----3--(3|)';

      expectObservable(source.pipe(mapAsync(wait))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectObservable(cold('--|').pipe(mapAsync(wait))).toBe('--|');
    }),
  );

  it(
    'fails at once with the error of the source, whatever is out',
    marbles(({ cold, expectObservable }) => {
      const source = cold('-5-1#');
      const expected = '   ----#';

      expectObservable(source.pipe(mapAsync(wait))).toBe(expected);
    }),
  );

  it(
    'leaves the source and what is out when it is unsubscribed',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = cold('----x|');
      const source = cold('-a-b------|');
      const unsub = '      ---!';
      const subs = '       ^--!';
      const innerSubs = '  -^-!';

      expectObservable(source.pipe(mapAsync(() => inner)), unsub).toBe('----');
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(inner.subscriptions).toBe(innerSubs);
    }),
  );

  it(
    'takes the first value of a stream, and leaves the stream',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const inner = cold('--x-y-z|');
      const source = cold('-a-------|');
      const expected = '   ---x-----|';
      const innerSubs = '  -^-!';

      expectObservable(source.pipe(mapAsync(() => inner))).toBe(expected);
      expectSubscriptions(inner.subscriptions).toBe(innerSubs);
    }),
  );

  it(
    'has state for each subscription',
    marbles(({ cold, expectObservable }) => {
      const mapped = cold('-3-|').pipe(mapAsync((ms, index) => wait(ms).pipe(map((text) => text + index))));

      expectObservable(mapped).toBe('----(x|)', { x: '30' });
      expectObservable(mapped, '--^').toBe('------(x|)', { x: '30' });
    }),
  );
});

describe('mapAsync with what comes at once', () => {
  const collect = (stream: Observable<unknown>): unknown[] => {
    const seen: unknown[] = [];
    stream.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('done') });
    return seen;
  };

  it('emits before it returns', () => {
    expect(collect(range(0, 3).pipe(mapAsync((n, index) => of(n * 10 + index))))).toEqual([0, 11, 22, 'done']);
    expect(collect(of('ab').pipe(mapAsync((text) => text)))).toEqual(['a', 'done']);
  });

  it('skips projects that end without a value, and counts them', () => {
    const { stages, inRule } = recordStages();

    expect(collect(inRule(range(0, 4).pipe(mapAsync((n) => (n % 2 === 0 ? EMPTY : [n])))))).toEqual([1, 3, 'done']);
    expect(stages[0]?.counts()).toEqual({ received: 4, passed: 2, dropped: { empty: 2 }, failed: {}, inFlight: 0 });
  });

  it.each(['input', 'completion'] as const)('needs no stack for many; order %s', (order) => {
    let count = 0;
    range(0, 100_000)
      .pipe(mapAsync((n) => of(n), { order }))
      .subscribe(() => (count += 1));
    expect(count).toBe(100_000);
  });

  it('leaves a source without end when what follows has ended', () => {
    const { stages, inRule } = recordStages();
    const { values, taken } = many();

    expect(collect(inRule(from(values).pipe(mapAsync((n) => of(n)))).pipe(take(3)))).toEqual([1, 2, 3, 'done']);
    expect(taken()).toBe(4);
    expect(stages[0]?.counts()).toMatchObject({ received: 4, passed: 3, dropped: { stopped: 1 } });
  });

  it('leaves a project without end when it has given a value', () => {
    const { values, taken } = many();

    expect(collect(of('a').pipe(mapAsync(() => from(values))))).toEqual([1, 'done']);
    expect(taken()).toBe(1);
  });

  it.each(['input', 'completion'] as const)('takes what follows brings in; order %s', (order) => {
    const { stages, inRule } = recordStages();
    const source = new Subject<number>();
    const seen: number[] = [];
    inRule(source.pipe(mapAsync((n) => of(n), { order }))).subscribe((n) => {
      seen.push(n);
      if (n < 5) source.next(n + 1);
      if (n === 2) source.next(100);
    });
    source.next(0);
    expect(seen).toEqual([0, 1, 2, 3, 100, 4, 5]);
    expect(stages[0]?.counts()).toMatchObject({ received: 7, passed: 7, inFlight: 0 });
  });

  it('may be unsubscribed from within its project', () => {
    const { stages, inRule } = recordStages();
    const source = new Subject<number>();
    let signal: AbortSignal | undefined;
    let left = 0;
    const stream = source.pipe(
      mapAsync((_, __, given) => {
        signal = given;
        subscription.unsubscribe();
        return NEVER.pipe(finalize(() => (left += 1)));
      }),
    );
    const subscription = inRule(stream).subscribe();
    source.next(1);
    expect([signal?.aborted, left, source.observed]).toEqual([true, 1, false]);
    expect(stages[0]?.counts()).toMatchObject({ received: 1, dropped: { stopped: 1 }, inFlight: 0 });
  });
});

describe('mapAsync in a rule', () => {
  it('is a stage that waits, asks for a pause, and is content when it has worked off', () => {
    const { stages, changes, inRule } = recordStages();
    const source = new Subject<number>();
    const results: Subject<string>[] = [];
    const options = { name: 'store', size: 4, concurrency: 2 };
    inRule(source.pipe(mapAsync((n) => (results[n] = new Subject()), options))).subscribe();
    const [stage] = stages;

    for (let n = 0; n < 5; n += 1) source.next(n);
    expect([stage?.kind, stage?.name, stage?.peak, changes]).toEqual(['queue', 'store', 3, []]);
    source.next(5);
    expect(changes).toEqual(['store full']);
    expect(stage?.counts()).toMatchObject({ received: 6, passed: 0, inFlight: 6 });
    for (const at of [0, 1]) results[at]?.next('x');
    expect(changes).toEqual(['store full']);
    for (const at of [2, 3]) results[at]?.next('x');
    expect(changes).toEqual(['store full', 'store content']);
    expect(stage?.counts()).toMatchObject({ passed: 4, inFlight: 2 });
  });

  it('asks for no pause any longer when it has ended', () => {
    const { stages, changes, inRule } = recordStages();
    const source = new Subject<number>();
    const subscription = inRule(source.pipe(mapAsync(() => NEVER, { high: 1 }))).subscribe();
    for (let n = 0; n < 3; n += 1) source.next(n);
    subscription.unsubscribe();

    expect(changes).toEqual(['mapAsync full', 'mapAsync content']);
    expect(stages[0]?.counts()).toEqual({
      received: 3,
      passed: 0,
      dropped: { stopped: 3 },
      failed: {},
      inFlight: 0,
    });
    expect(stages[0]?.ended).toBe(true);
  });
});
