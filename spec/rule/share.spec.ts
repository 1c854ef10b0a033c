import { describe, expect, it } from '@jest/globals';
import { concatMap, map, of, Subject, tap } from 'rxjs';
import type { Shared } from '../../lib/index.js';
import { mapAsync } from '../../operators/index.js';
import { statusOf } from '../helpers/parts.js';
import { shareOf, sharing } from '../helpers/sharing.js';

const on = sharing();

describe('a share', () => {
  it('runs its body once for all, and gives each the same object', () => {
    const values = new Subject<object>();
    let bodies = 0;
    const shared = on.share(() => {
      bodies += 1;
      return values;
    });
    expect([bodies, shared.status.phase]).toEqual([0, 'stopped']);
    const [one, two] = [on.keeper(shared), on.keeper(shared)];
    const value = {};
    values.next(value);
    expect(one.seen[0]).toBe(value);
    expect(two.seen[0]).toBe(value);
    expect([bodies, shared.status.phase, one.rule.status.phase]).toEqual([1, 'running', 'running']);
  });

  it('gives who comes later what comes from then on', () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const early = on.keeper(shared);
    values.next(1);
    const late = on.keeper(shared);
    values.next(2);
    expect([early.seen, late.seen]).toEqual([[1, 2], [2]]);
  });

  it('is nothing to the others when one of them throws', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const thrower = on.rule(() =>
      shared.pipe(
        map((value) => {
          if (value === 1) throw new Error('no');
          return value;
        }),
      ),
    );
    const { seen } = on.keeper(shared);
    for (let i = 0; i < 3; i += 1) values.next(i);
    expect(seen).toEqual([0, 1, 2]);
    expect(shared.status.phase).toBe('running');
    expect(thrower.status).toMatchObject({ phase: 'restarting', error: { code: 'ERR_USER_FUNCTION' } });
    await statusOf(thrower, 'running');
    values.next(3);
    expect(shareOf(thrower, shared)).toMatchObject({ received: 3, passed: 3, inFlight: 0 });
  });

  it('tells one value after the other, also when the first sets off the second', () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const echo = on.rule(() => shared.pipe(tap((value) => value < 3 && values.next(value + 1))));
    const { seen } = on.keeper(shared);
    values.next(1);
    expect(seen).toEqual([1, 2, 3]);
    expect(shareOf(echo, shared)).toMatchObject({ received: 3, passed: 3 });
  });

  it('lets what follows run in the rule that subscribes, not in the share', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values.pipe(mapAsync((value) => of(value), { name: 'own' })));
    const taker = on.rule(() => shared.pipe(concatMap((value) => of(value).pipe(mapAsync((one) => of(one))))));
    const seen: number[] = [];
    const outside = shared
      .pipe(concatMap((value) => of(value).pipe(mapAsync((one) => of(one)))))
      .subscribe((value) => seen.push(value));
    values.next(1);
    expect(seen).toEqual([1]);
    expect(Object.keys(shared.ledger().stages)).toEqual(['queue own']);
    expect(taker.ledger().stages['queue mapAsync']).toMatchObject({ received: 1, passed: 1 });
    outside.unsubscribe();
  });

  it('can be taken without a rule, whose subscriber may throw', () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const seen: number[] = [];
    const subscription = shared.subscribe((value) => {
      seen.push(value);
      throw new Error('no');
    });
    values.next(1);
    values.next(2);
    subscription.unsubscribe();
    expect([seen, values.observed]).toEqual([[1, 2], false]);
  });

  it('can take from another share, and be taken with it', async () => {
    const values = new Subject<number>();
    const first = on.share(() => values);
    const second = on.share(() => first.pipe(map((value) => value * 2)));
    const [one, two] = [on.keeper(first), on.keeper(second)];
    values.next(1);
    values.next(2);
    await on.host.stop();
    expect([one.seen, two.seen]).toEqual([
      [1, 2],
      [2, 4],
    ]);
    expect(second.ledger().stages[`share ${first.name}`]).toMatchObject({ received: 2, passed: 2, inFlight: 0 });
  });

  it('can not take from itself, by whatever way', async () => {
    const bodies: { readonly one: Shared<number>; readonly two: Shared<number> } = {
      one: on.share(() => bodies.two),
      two: on.share(() => bodies.one),
    };
    const itself: Shared<number> = on.share(() => itself);
    for (const shared of [bodies.one, itself])
      expect(await on.keeper(shared).rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_SHARE_CIRCLE' } });
  });
});
