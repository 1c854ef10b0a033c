import { describe, expect, it } from '@jest/globals';
import { concat, NEVER, of, Subject, take, throwError, type Subscription } from 'rxjs';
import { tumbling, type WindowOptions } from '../../operators/index.js';
import { recordStages } from '../helpers/record-stages.js';

const at = (n: number): number => n;
const counts = { received: 0, passed: 0, dropped: {}, failed: {}, inFlight: 0 };

/** The counts of the stage of one subscription, now. */
function watch(options: WindowOptions<number, unknown>) {
  const { stages, inRule } = recordStages();
  const source = new Subject<number>();
  const stream = inRule(source.pipe(tumbling(10, options)));
  return { source, stream, stages, now: () => stages[0]?.counts() };
}

describe('the stage of tumbling', () => {
  it('is a window stage of the rule, one per subscription', () => {
    const { stream, stages } = watch({ at });
    stream.subscribe();
    stream.subscribe();

    expect(stages.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['window tumbling', 'window tumbling']);
  });

  it('counts what is held, passed and late', () => {
    const { source, stream, stages, now } = watch({ at });
    stream.subscribe();
    expect(now()).toEqual(counts);

    [1, 2, 11].forEach((n) => source.next(n));
    expect(now()).toEqual({ ...counts, received: 3, passed: 2, inFlight: 1 });

    source.next(3);
    expect(now()).toEqual({ ...counts, received: 4, passed: 2, dropped: { late: 1 }, inFlight: 1 });

    expect(stages[0]?.ended).toBe(false);
    source.complete();
    expect(now()).toEqual({ ...counts, received: 4, passed: 3, dropped: { late: 1 } });
    // Another subscription may have its place in the ledger.
    expect(stages[0]?.ended).toBe(true);
  });

  it('counts a value as passed once late has it', () => {
    const { source, stream, now } = watch({ at, late: () => {} });
    stream.subscribe();
    [11, 1].forEach((n) => source.next(n));

    expect(now()).toEqual({ ...counts, received: 2, passed: 1, inFlight: 1 });
  });

  it('counts values rather than states with an aggregate', () => {
    const { stages, inRule } = recordStages();
    const last = { init: () => 0, add: (_: number, n: number) => n, result: (n: number) => n };
    inRule(concat(of(1, 2, 3), NEVER).pipe(tumbling(10, { at, aggregate: { last } }))).subscribe();

    expect(stages[0]?.counts()).toEqual({ ...counts, received: 3, inFlight: 3 });
  });

  it('counts what is held as stopped on unsubscribe', () => {
    const { source, stream, now } = watch({ at });
    const subscription = stream.subscribe();
    [1, 2].forEach((n) => source.next(n));
    subscription.unsubscribe();

    expect(now()).toEqual({ ...counts, received: 2, dropped: { stopped: 2 } });
  });

  it('counts what is held, and the value that ended it, when a window ends the subscription', () => {
    const { source, stream, now } = watch({ at, key: (n) => n });
    stream.pipe(take(1)).subscribe();
    [1, 2, 11].forEach((n) => source.next(n));

    expect(now()).toEqual({ ...counts, received: 3, passed: 1, dropped: { stopped: 2 } });
  });

  it('stays as it is when late ends the subscription', () => {
    const { source, stream, now } = watch({ at, late: () => subscription.unsubscribe() });
    const subscription = stream.subscribe();
    [11, 1].forEach((n) => source.next(n));

    expect(now()).toEqual({ ...counts, received: 2, passed: 1, dropped: { stopped: 1 } });
  });

  it('stays balanced when a function in the options ends the subscription', () => {
    const { source, stream, now } = watch({ at: (n) => (n === 2 ? subscription.unsubscribe() : undefined, n) });
    const subscription = stream.subscribe();
    [1, 2].forEach((n) => source.next(n));

    expect(now()).toEqual({ ...counts, received: 2, dropped: { stopped: 2 } });
  });

  it('asks no function in the options any more once the subscription has ended', () => {
    const asked: string[] = [];
    const key = (n: number): number => (asked.push(`key of ${n}`), n);
    const last = {
      init: () => 0,
      add: (_: number, n: number) => n,
      result: (n: number) => (asked.push(`result ${n}`), n),
    };
    const source = new Subject<number>();
    source.pipe(tumbling(10, { at, key, aggregate: { last } }), take(1)).subscribe();
    [1, 2, 11].forEach((n) => source.next(n));

    expect(asked).toEqual(['key of 1', 'key of 2', 'result 1']);
  });

  it('counts a window as dropped whose result ends the subscription, or throws', () => {
    const broken = (): never => {
      throw new Error('broken');
    };
    const outcomes = [(subscription: Subscription) => subscription.unsubscribe(), broken].map((end) => {
      const { stages, inRule } = recordStages();
      const source = new Subject<number>();
      const last = { init: () => 0, add: (_: number, n: number) => n, result: (): void => end(subscription) };
      const windows = inRule(source.pipe(tumbling(10, { at, aggregate: { last } })));
      const subscription: Subscription = windows.subscribe({ error: () => {} });
      [1, 2, 11].forEach((n) => source.next(n));
      return stages[0]?.counts();
    });

    expect(outcomes).toEqual([
      { ...counts, received: 3, dropped: { stopped: 3 } },
      { ...counts, received: 3, dropped: { error: 3 } },
    ]);
  });

  it('counts what is held as error when the source fails', () => {
    const { source, stream, now } = watch({ at });
    stream.subscribe({ error: () => {} });
    [1, 2].forEach((n) => source.next(n));
    source.error(new Error('line down'));

    expect(now()).toEqual({ ...counts, received: 2, dropped: { error: 2 } });
  });

  it('counts what is held, and the value at which it happened, when a function in the options throws', () => {
    const { source, stream, now } = watch({
      at,
      key: (n) => {
        if (n === 2) throw new Error('broken');
      },
    });
    stream.subscribe({ error: () => {} });
    [1, 2].forEach((n) => source.next(n));

    expect(now()).toEqual({ ...counts, received: 2, dropped: { error: 2 } });
  });

  it('has counted by the time the error arrives', () => {
    const { stages, inRule } = recordStages();
    let seen: unknown;
    const failing = concat(
      of(1),
      throwError(() => new Error('line down')),
    ).pipe(tumbling(10, { at }));
    inRule(failing).subscribe({ error: () => (seen = stages[0]?.counts()) });

    expect(seen).toEqual({ ...counts, received: 1, dropped: { error: 1 } });
  });
});
