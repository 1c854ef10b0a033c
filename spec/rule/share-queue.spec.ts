import { describe, expect, it } from '@jest/globals';
import { Subject } from 'rxjs';
import type { RuleEvent, ShareOptions } from '../../lib/index.js';
import { none } from '../helpers/none.js';
import { statusOf } from '../helpers/parts.js';
import { shareOf, sharing } from '../helpers/sharing.js';

const on = sharing();

describe('a rule that is slower than what it shares', () => {
  it('lets it wait, in order, counted in its own ledger', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const [slow, fast] = [on.worker(shared, 2), on.keeper(shared)];
    for (let i = 0; i < 20; i += 1) values.next(i);
    expect(fast.seen).toHaveLength(20);
    // One is worked on, three wait in its own queue: one more than its mark.
    expect(shareOf(slow.rule, shared)).toMatchObject({ received: 20, passed: 4, inFlight: 16, pauses: 1, peak: 16 });
    await slow.catchUp();
    expect(slow.seen).toEqual([...Array(20).keys()]);
    expect(slow.rule.ledger()).toMatchObject({ balanced: true });
  });

  it.each<[string, NonNullable<ShareOptions['queue']>, readonly number[], number]>([
    ['drop-oldest', { size: 3, policy: 'drop-oldest' }, [0, 1, 2, 3, 7, 8, 9], 3],
    ['drop-newest', { size: 3, policy: 'drop-newest' }, [0, 1, 2, 3, 4, 5, 6], 3],
    ['latest', { size: 3, policy: 'latest' }, [0, 1, 2, 3, 9], 5],
  ])('loses by %s beyond the bound', async (_, queue, seen, overflow) => {
    const values = new Subject<number>();
    const shared = on.share(() => values, { queue });
    const [slow, fast] = [on.worker(shared, 2), on.keeper(shared)];
    const events: RuleEvent[] = [];
    slow.rule.events$.subscribe((event) => events.push(event));
    for (let i = 0; i < 10; i += 1) values.next(i);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'dropped', symbol: shared.name, reason: 'overflow' }),
    );
    await slow.catchUp();
    expect([slow.seen, fast.seen]).toEqual([seen, [...Array(10).keys()]]);
    expect(shareOf(slow.rule, shared)).toMatchObject({ received: 10, dropped: { overflow }, inFlight: 0 });
    expect(shareOf(fast.rule, shared)).toMatchObject({ received: 10, passed: 10, dropped: none });
  });

  it('ends by error beyond the bound, alone', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values, { queue: { size: 3, policy: 'error' } });
    const [slow, fast] = [on.worker(shared, 2), on.keeper(shared)];
    for (let i = 0; i < 8; i += 1) values.next(i);
    expect(slow.rule.status).toMatchObject({ phase: 'restarting', error: { code: 'ERR_QUEUE_OVERFLOW' } });
    expect(fast.seen).toHaveLength(8);
    slow.rule.unsubscribe();
    await slow.rule.done;
    // What waited is not passed on to what has got the error and lets go of it.
    const dropped = { overflow: 1, unsubscribed: 3 };
    expect(shareOf(slow.rule, shared)).toMatchObject({ received: 8, passed: 4, dropped, inFlight: 0 });
    expect([slow.seen, slow.rule.ledger().balanced]).toEqual([[0], true]);
  });

  it('gets what waits before the error of the share', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const slow = on.worker(shared, 2);
    for (let i = 0; i < 8; i += 1) values.next(i);
    values.error(new Error('broken'));
    const fails = statusOf(slow.rule, 'restarting');
    // Its run is over then.
    await shared.stop();
    expect([shared.status.phase, slow.rule.status.phase]).toEqual(['failed', 'running']);
    await slow.catchUp();
    expect(await fails).toMatchObject({ error: { code: 'ERR_USER_FUNCTION' } });
    expect(shareOf(slow.rule, shared)).toMatchObject({ received: 8, passed: 8, dropped: none, inFlight: 0 });
  });

  it('gets what waits when it stops, whatever it holds', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const [slow, fast] = [on.worker(shared, 2), on.keeper(shared)];
    for (let i = 0; i < 8; i += 1) values.next(i);
    const stopped = slow.rule.stop({ timeout: 15_000 });
    values.next(8);
    await slow.catchUp();
    expect(await stopped).toEqual({ drained: true, dropped: {} });
    expect([slow.seen, fast.seen]).toEqual([[...Array(8).keys()], [...Array(9).keys()]]);
  });

  it('lets go of it when it takes nothing of it until its time is up', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const slow = on.worker(shared, 2);
    for (let i = 0; i < 20; i += 1) values.next(i);
    expect(await slow.rule.stop({ timeout: 10 })).toMatchObject({ drained: false });
    const left = { received: 20, passed: 4, dropped: { stopped: 16 }, inFlight: 0 };
    expect(shareOf(slow.rule, shared)).toMatchObject(left);
    const { dropped, passed } = slow.rule.ledger().stages['queue mapAsync'] ?? {};
    expect([dropped, passed]).toEqual([{ stopped: 4 }, 0]);
  });

  it('counts what waits when it is cut off', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const slow = on.worker(shared, 2);
    for (let i = 0; i < 20; i += 1) values.next(i);
    slow.rule.unsubscribe();
    const { stages, balanced } = slow.rule.ledger();
    const stopped = Object.values(stages).map(({ dropped, inFlight }) => [dropped['stopped'] ?? 0, inFlight]);
    expect([balanced, slow.seen, stopped]).toEqual([
      true,
      [0],
      [
        [expect.any(Number), 0],
        [expect.any(Number), 0],
      ],
    ]);
    expect((stopped[0]?.[0] ?? 0) + (stopped[1]?.[0] ?? 0)).toBe(20);
    await slow.rule.done;
    expect(shared.status.phase).toBe('stopped');
  });
});
