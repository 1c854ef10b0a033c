import { describe, expect, it } from '@jest/globals';
import {
  EMPTY,
  firstValueFrom,
  interval,
  lastValueFrom,
  map,
  merge,
  NEVER,
  Observable,
  of,
  Subject,
  take,
  tap,
  throwError,
} from 'rxjs';
import type { Host, ShareBody, Shared, ShareOptions } from '../../lib/index.js';
import { mapAsync } from '../../operators/index.js';
import { startHost } from '../helpers/host.js';
import { statusOf } from '../helpers/parts.js';
import { shareOf, sharing } from '../helpers/sharing.js';
import { until } from '../helpers/until.js';

const on = sharing();

describe('the runs of a share', () => {
  it('is stopped when the last one has gone, and starts again for the next', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const phases: string[] = [];
    shared.status$.subscribe(({ phase }) => phases.push(phase));
    const [one, two] = [on.keeper(shared), on.keeper(shared)];
    await one.rule.stop();
    expect(values.observed).toBe(true);
    two.rule.unsubscribe();
    expect(values.observed).toBe(false);
    const three = on.keeper(shared);
    await two.rule.done;
    await until(() => values.observed, 'the next run');
    values.next(3);
    expect([one.seen, two.seen, three.seen]).toEqual([[], [], [3]]);
    expect(phases).toEqual(['stopped', 'starting', 'running', 'stopping', 'stopped', 'starting', 'running']);
  });

  it('is never lost by a subscriber that leaves while it waits for the next run', async () => {
    const shared = on.share(() => NEVER);
    const first = on.keeper(shared);
    first.rule.unsubscribe();
    const [gone, stops] = [on.keeper(shared), on.keeper(shared)];
    gone.rule.unsubscribe();
    await Promise.all([stops.rule.stop(), gone.rule.done, first.rule.done]);
    expect([stops.rule.status.phase, shared.status.phase]).toEqual(['stopped', 'stopped']);
    await statusOf(on.keeper(shared).rule, 'running');
  });

  it('completes its subscribers when its stream does, and runs again for the next one', async () => {
    const shared = on.share(() => of(1, 2, 3));
    for (let round = 0; round < 2; round += 1) {
      const { rule: taker, seen } = on.keeper(shared);
      expect((await taker.done).phase).toBe('completed');
      expect(seen).toEqual([1, 2, 3]);
      expect(shareOf(taker, shared)).toMatchObject({ kind: 'share', received: 3, passed: 3, inFlight: 0 });
    }
    expect(shared.status.phase).toBe('completed');
  });

  it('gives each subscriber the error of its run, and starts again when they do', async () => {
    const runs: Subject<number>[] = [];
    const shared = on.share(() => {
      runs.push(new Subject());
      return runs.at(-1) ?? EMPTY;
    });
    const [one, two] = [on.keeper(shared), on.keeper(shared)];
    runs[0]?.next(1);
    runs[0]?.error(new Error('broken'));
    expect(shared.status).toMatchObject({ phase: 'failed', error: { code: 'ERR_USER_FUNCTION' } });
    for (const { rule: taker } of [one, two])
      expect(await statusOf(taker, 'restarting')).toMatchObject({
        error: { code: 'ERR_USER_FUNCTION', message: `a branch of share ${shared.name} threw: broken` },
      });
    await until(() => one.rule.status.phase === 'running' && two.rule.status.phase === 'running', 'both run again');
    runs[1]?.next(2);
    expect([one.seen, two.seen, runs.length]).toEqual([[1, 2], [1, 2], 2]);
  });

  it.each<[string, ShareBody<unknown>, string, string]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
      'ERR_USER_FUNCTION',
      'threw: no',
    ],
    ['uses a symbol that nobody has', ({ source }) => source('nothing'), 'ERR_SYMBOL_UNKNOWN', 'nothing'],
    [
      'returns no stream',
      (() => undefined) as unknown as ShareBody<unknown>,
      'ERR_RULE_BRANCH_UNTRACKED',
      'return one Observable',
    ],
  ])('whose body %s tells its subscribers', async (_, body, code, text) => {
    const { rule: taker } = on.keeper(on.share(body), { restart: 'never' });
    const error: unknown = expect.objectContaining({ code, message: expect.stringContaining(text) });
    expect(await taker.done).toMatchObject({ phase: 'failed', error });
  });

  it('leaves the turn to others when who gets its error subscribes again at once', async () => {
    let bodies = 0;
    const shared = on.share(() => {
      bodies += 1;
      return throwError(() => 'broken');
    });
    const again = new Observable<never>((subscriber) =>
      shared.subscribe({ error: () => subscriber.add(again.subscribe(subscriber)) }),
    );
    const { rule: taker } = on.keeper(again);
    await until(() => bodies > 10, 'it tries again');
    taker.unsubscribe();
    await taker.done;
  });
});

describe('the end of a share', () => {
  it('is that of its subscribers, behind what waits for them; its name is free then', async () => {
    const values = new Subject<number>();
    const shared = on.share(() => values);
    const slow = on.worker(shared, 2);
    for (let i = 0; i < 8; i += 1) values.next(i);
    expect(await shared.stop()).toEqual({ drained: true, dropped: {} });
    await slow.catchUp();
    expect((await slow.rule.done).phase).toBe('completed');
    expect(slow.seen).toEqual([...Array(8).keys()]);

    expect(await on.keeper(shared).rule.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_RULE_CLOSED' } });
    const next = on.host.share(shared.name, () => of(1));
    expect(await shared.stop()).toEqual({ drained: true, dropped: {} });
    expect(() => on.host.rule(shared.name, () => NEVER)).toThrow(expect.objectContaining({ code: 'ERR_RULE_EXISTS' }));
    await next.stop();
    await on.host.rule(shared.name, () => of(1)).done;
  });

  it('does not begin with a timeout that is none', async () => {
    const shared = on.share(() => NEVER);
    await expect(shared.stop({ timeout: NaN })).rejects.toMatchObject({
      code: 'ERR_OPERATOR_OPTION',
      message: `the stop of share ${shared.name}: timeout NaN is no number of milliseconds from 0`,
    });
    const { rule } = on.keeper(shared);
    await statusOf(rule, 'running');
    expect(await shared.stop({ timeout: 0 })).toEqual({ drained: true, dropped: {} });
  });

  it('is told to those who wait for its next run', async () => {
    const shared = on.share(() => NEVER);
    on.keeper(shared).rule.unsubscribe();
    const { rule: waits } = on.keeper(shared);
    await shared.stop();
    expect(await waits.done).toMatchObject({ phase: 'failed', error: { code: 'ERR_RULE_CLOSED' } });
  });

  it('is told to who looks at its status afterwards', async () => {
    const shared = on.share(() => NEVER);
    on.keeper(shared);
    await shared.stop();
    expect(await firstValueFrom(shared.status$)).toMatchObject({ phase: 'stopped' });
    expect(await lastValueFrom(shared.status$)).toBe(shared.status);
  });

  it('comes with that of the host, with flush', async () => {
    const values = new Subject<number>();
    const shared = on.share(({ stopping$ }) => {
      stopping$.subscribe(() => values.next(99));
      return values;
    });
    const takers = [on.keeper(shared), on.keeper(shared)];
    values.next(1);
    await on.host.stop();
    for (const { rule: taker, seen } of takers) expect([taker.status.phase, seen]).toEqual(['stopped', [1, 99]]);
    expect(() => on.host.share('late', () => NEVER)).toThrow(expect.objectContaining({ code: 'ERR_HOST_STOPPED' }));
  });

  it('is seen without a rule, too', async () => {
    const values = new Subject<number>();
    const shared = on.share(({ stopping$ }) => merge(values, stopping$.pipe(map(() => 99))));
    const seen: unknown[] = [];
    shared.subscribe({ next: (value) => seen.push(value), complete: () => seen.push('completed') });
    values.next(1);
    await on.host.stop();
    expect(seen).toEqual([1, 99, 'completed']);
  });

  it.each<[string, (host: Host, shared: Shared<unknown>) => Promise<unknown>]>([
    ['the stop of its host is cut short', (host) => host.stop({ signal: AbortSignal.abort() })],
    ['its own stop is cut short', (_, shared) => shared.stop({ signal: AbortSignal.abort() })],
    ['it is stopped without flush', (_, shared) => shared.stop({ flush: false })],
    ['so are its rules', (host) => Promise.all(host.rules.map((rule) => rule.stop({ flush: false })))],
  ])('does not wait for what its operators hold when %s', async (_, stop) => {
    const host = await startHost({ flushTimeout: 600_000 });
    const values = new Subject<number>();
    const shared = host.share('held', () => values.pipe(mapAsync(() => NEVER)));
    const rule = host.rule('taker', () => shared);
    values.next(1);
    await stop(host, shared);
    await rule.done;
    await host.stop();
    expect(shared.ledger()).toMatchObject({
      balanced: true,
      stages: { 'queue mapAsync': { dropped: { stopped: 1 } } },
    });
  });

  it('lets the last rule that stops have what its operators hold', async () => {
    const values = new Subject<number>();
    const shared = on.share(() =>
      values.pipe(mapAsync((value) => new Promise<number>((go) => setTimeout(go, 20, value)))),
    );
    const both: number[][] = [[], []];
    const twice = on.rule(() => both.map((seen) => shared.pipe(tap((value) => seen.push(value)))));
    values.next(7);
    values.complete();
    await twice.stop();
    expect(both).toEqual([[7], [7]]);
  });
});

describe('what a share is called and asked for', () => {
  it.each<[string, ShareOptions, string]>([
    ['no name', {}, 'ERR_NAME_INVALID'],
    ['pace', { pace: 'quickest' as 'fastest' }, 'ERR_OPERATOR_OPTION'],
    ['size', { queue: { size: 0, policy: 'drop-oldest' } }, 'ERR_OPERATOR_OPTION'],
    ['policy', { queue: { size: 1, policy: 'none' as 'latest' } }, 'ERR_OPERATOR_OPTION'],
    ['high', { queue: { size: 10, policy: 'error', high: 10 } }, 'ERR_OPERATOR_OPTION'],
  ])('is checked at once: %s', (name, options, code) => {
    expect(() => on.host.share(name, () => NEVER, options)).toThrow(expect.objectContaining({ code }));
  });

  it('is its own, among rules too', async () => {
    on.host.share('mine', () => NEVER);
    const running = on.host.rule('theirs', () => NEVER);
    const taken: unknown = expect.objectContaining({ code: 'ERR_RULE_EXISTS' });
    expect(() => on.host.share('mine', () => NEVER)).toThrow(taken);
    expect(() => on.host.rule('mine', () => NEVER)).toThrow(taken);
    expect(() => on.host.share('theirs', () => NEVER)).toThrow(taken);
    await running.stop();
    on.host.share('theirs', () => interval(1).pipe(take(1)));
    expect(on.host.rules).toEqual([]);
  });
});
