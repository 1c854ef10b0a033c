import { describe, expect, it } from '@jest/globals';
import {
  concatMap,
  delay,
  filter,
  from,
  map,
  type MonoTypeOperatorFunction,
  of,
  Subject,
  take,
  takeUntil,
  throwError,
} from 'rxjs';
import { queued } from '../../operators/index.js';
import { handQueue, keeper } from '../helpers/hand-queue.js';
import { many } from '../helpers/many.js';
import { marbles } from '../helpers/marbles.js';
import { none } from '../helpers/none.js';
import { recordStages } from '../helpers/record-stages.js';

describe('queued', () => {
  it(
    'emits what its operator emits, when it emits it',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c|');
      const subs = '       ^-----!';
      const expected = '   ----a-b-(c|)';

      expectObservable(source.pipe(queued(delay(3)))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it(
    'fails with the source, and with its operator',
    marbles(({ cold, expectObservable }) => {
      expectObservable(cold('-a-#').pipe(queued(delay(3)))).toBe('---#');
      expectObservable(cold('-a-b').pipe(queued(concatMap((x) => (x === 'b' ? throwError(() => 'no') : of(x)))))).toBe(
        '-a-#',
        undefined,
        'no',
      );
    }),
  );

  it(
    'leaves the source when it is unsubscribed',
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-a-b-c|');
      const unsub = '      ----!';
      const subs = '       ^---!';

      expectObservable(source.pipe(queued(delay(2))), unsub).toBe('---a-');
      expectSubscriptions(source.subscriptions).toBe(subs);
    }),
  );

  it('has state for each subscription', () => {
    const { operator } = keeper();
    const { stages, inRule } = recordStages();
    const source = new Subject<number>();
    const stream = inRule(source.pipe(queued(operator, { size: 1 })));
    const first = stream.subscribe();
    source.next(0);
    const second = stream.subscribe();
    source.next(1);

    expect(stages.map((stage) => stage.counts())).toMatchObject([
      { received: 2, dropped: { overflow: 1 }, inFlight: 1 },
      { received: 1, dropped: none, inFlight: 1 },
    ]);
    first.unsubscribe();
    second.unsubscribe();
  });

  it('is a stage that asks for a pause by what its operator holds', () => {
    const { operator, release } = keeper();
    const { send, seen, stage, changes } = handQueue(operator, { name: 'later', size: 4 });
    send(0, 1, 2);
    expect([stage.kind, stage.name, changes]).toEqual(['queue', 'later', []]);
    send(3);
    expect(changes).toEqual(['later full']);
    expect(stage.counts()).toMatchObject({ received: 4, passed: 0, inFlight: 4 });
    release(3);
    expect([seen, changes]).toEqual([[0, 1, 2], ['later full']]);
    release();
    expect(changes).toEqual(['later full', 'later content']);
    expect([stage.peak, stage.counts()]).toEqual([4, { received: 4, passed: 4, dropped: {}, failed: {}, inFlight: 0 }]);
  });

  it('counts what is held as stopped when it is unsubscribed, and asks for no pause any longer', () => {
    const { operator, release } = keeper();
    const { send, seen, stage, changes, subscription, source } = handQueue(operator, { high: 1 });
    send(0, 1, 2);
    subscription.unsubscribe();
    release(3);

    expect([seen, source.observed, stage.ended]).toEqual([[], false, true]);
    expect(stage.counts()).toMatchObject({ received: 3, dropped: { stopped: 3 }, inFlight: 0 });
    expect(changes).toEqual(['queued full', 'queued content']);
  });

  it('counts what is held as kept when its operator completes', () => {
    const end = new Subject<void>();
    const { operator } = keeper();
    const { send, seen, stage, changes } = handQueue((values) => values.pipe(operator, takeUntil(end)), { high: 1 });
    const { send: sendOdd, source, stage: odd } = handQueue(filter((n) => n % 2 === 1));
    send(0, 1, 2);
    end.next();
    sendOdd(0, 1, 2);
    source.complete();

    expect([seen, changes]).toEqual([['done'], ['queued full', 'queued content']]);
    expect(stage.counts()).toMatchObject({ received: 3, passed: 0, dropped: { kept: 3 }, inFlight: 0 });
    expect(odd.counts()).toMatchObject({ received: 3, passed: 1, dropped: { kept: 2 }, inFlight: 0 });
  });

  it('takes what follows brings in', () => {
    const { stages, inRule } = recordStages();
    const source = new Subject<number>();
    const seen: number[] = [];
    inRule(
      source.pipe(
        queued(
          map((n) => n),
          { size: 1 },
        ),
      ),
    ).subscribe((n) => {
      seen.push(n);
      if (n < 3) source.next(n + 1);
    });
    source.next(0);

    expect(seen).toEqual([0, 1, 2, 3]);
    expect(stages[0]?.counts()).toMatchObject({ received: 4, passed: 4, inFlight: 0 });
  });

  it.each<[string, MonoTypeOperatorFunction<number>, number, object]>([
    ['what follows', map((n) => n), 4, { stopped: 1 }],
    ['its operator', (values) => values.pipe(take(3)), 3, {}],
  ])('leaves a source without end when %s has ended', (_, operator, received, dropped) => {
    const { stages, inRule } = recordStages();
    const seen: unknown[] = [];
    const { values, taken } = many();
    inRule(from(values).pipe(queued(operator)))
      .pipe(take(3))
      .subscribe({ next: (n) => seen.push(n), complete: () => seen.push('done') });

    expect(seen).toEqual([1, 2, 3, 'done']);
    expect(taken()).toBe(received);
    expect(stages[0]?.counts()).toMatchObject({ received, passed: 3, dropped, inFlight: 0 });
  });
});

describe('a full queued', () => {
  it('drops what comes, and its operator does not see it', () => {
    const { operator, release } = keeper();
    const { send, seen, stage, source } = handQueue(operator, { size: 2 });
    send(0, 1, 2);
    release();
    send(3);
    source.complete();
    release(2);

    expect(seen).toEqual([0, 1, 3, 'done']);
    expect(stage.counts()).toMatchObject({ received: 4, passed: 3, dropped: { overflow: 1 }, inFlight: 0 });
  });

  it('fails with the policy error', () => {
    const { send, seen, stage } = handQueue(keeper().operator, { size: 2, policy: 'error', name: 'later' });
    send(0, 1, 2);

    expect(seen).toEqual([expect.objectContaining({ code: 'ERR_QUEUE_OVERFLOW' })]);
    expect(stage.counts()).toMatchObject({ received: 3, dropped: { overflow: 1, stopped: 2 }, inFlight: 0 });
  });

  it('holds ten thousand unless it is told otherwise', () => {
    const { send, stage } = handQueue(keeper().operator);
    send(...Array.from({ length: 10_001 }, (_, n) => n));

    expect(stage.counts()).toMatchObject({ dropped: { overflow: 1 }, inFlight: 10_000 });
  });
});
