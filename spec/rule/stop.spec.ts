import { describe, expect, it } from '@jest/globals';
import { bufferCount, concat, defer, interval, map, NEVER, of, repeat, Subject, take, takeUntil, tap } from 'rxjs';
import { linesOf } from '../helpers/lines.js';
import { type Counted, newFile, partsOf, statusOf, zeroTo } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';
import { until } from '../helpers/until.js';

const shared = sharedHost();
const { counted, echo, file } = partsOf(shared);

describe('the stop of a rule', () => {
  it('reads its sources to the end, lets operators emit what they hold, and drains its sinks', async () => {
    const path = newFile();
    const rule = shared.rule((context) =>
      counted(context).pipe(echo(context), bufferCount(1_000_000)).subscribe(file(context, path)),
    );
    await until(() => (rule.ledger().stages[`source ${shared.symbol('count')}`]?.passed ?? 0) > 30);
    expect(linesOf(path)).toEqual([]);
    expect(await rule.stop({ timeout: 15_000 })).toEqual({ drained: true, dropped: {} });
    expect(rule.status.phase).toBe('stopped');

    const { stages, balanced } = rule.ledger();
    const source = stages[`source ${shared.symbol('count')}`];
    expect(balanced).toBe(true);
    expect(linesOf(path)).toEqual([zeroTo(source?.received ?? 0)]);
  });

  it('is told by stopping$ to streams that are subscribed later, too', async () => {
    const rule = shared.rule((context) =>
      concat(counted(context), interval(60_000).pipe(takeUntil(context.stopping$))).subscribe(file(context)),
    );
    await statusOf(rule, 'running');
    const stopped = rule.stop({ timeout: Infinity });
    expect(await stopped).toMatchObject({ drained: true });
  });

  it('awaits the calls that are out', async () => {
    const path = newFile();
    const rule = shared.rule((context) =>
      counted(context, undefined, { interval: 20 })
        .pipe(
          context.call(
            shared.symbol('slow'),
            () => [50],
            ({ i }: Counted) => i,
          ),
        )
        .subscribe(file(context, path)),
    );
    await until(() => linesOf(path).length === 1);
    expect(await rule.stop({ timeout: 15_000 })).toEqual({ drained: true, dropped: {} });
    const { received } = rule.ledger().stages[`source ${shared.symbol('count')}`] ?? { received: 0 };
    expect(received).toBeGreaterThan(1);
    expect(linesOf(path)).toEqual(Array.from({ length: received }, (_, i) => i));
  });

  it('cuts off what takes longer than the timeout, and counts it', async () => {
    const rule = shared.rule((context) =>
      counted(context)
        .pipe(context.call(shared.symbol('slow'), () => [400]))
        .subscribe(file(context)),
    );
    await until(() => (rule.ledger().stages[`source ${shared.symbol('count')}`]?.passed ?? 0) > 10);
    const { drained, dropped } = await rule.stop({ timeout: 30 });
    expect(drained).toBe(false);
    expect(dropped).toEqual({ stopped: expect.any(Number) });
    const { stages, balanced } = rule.ledger();
    expect(balanced).toBe(true);
    expect(stages[`call ${shared.symbol('slow')}`]?.dropped).toEqual(dropped);
  });

  it.each([Infinity, 2 ** 31 - 1])('waits for what operators hold as long as it takes: %s ms', async (timeout) => {
    const path = newFile();
    const rule = shared.rule((context) =>
      counted(context, undefined, { interval: 20 })
        .pipe(
          take(1),
          context.call(shared.symbol('slow'), () => [200]),
        )
        .subscribe(file(context, path)),
    );
    await until(() => rule.ledger().stages[`call ${shared.symbol('slow')}`]?.inFlight === 1);
    expect(await rule.stop({ timeout })).toEqual({ drained: true, dropped: {} });
    expect(linesOf(path)).toHaveLength(1);
  });

  it.each([
    [-1, '-1 is no number of milliseconds from 0'],
    [NaN, 'NaN is no number of milliseconds from 0'],
    ['5', '"5" is no number of milliseconds from 0'],
    [2 ** 31, '2147483648 is more than 2147483647: give Infinity for none'],
  ])('does not begin with a timeout of %j', async (timeout, problem) => {
    const rule = shared.rule(() => NEVER);
    const stopped = rule.stop({ timeout: timeout as number });
    await expect(stopped).rejects.toMatchObject({
      code: 'ERR_OPERATOR_OPTION',
      message: `the stop of rule ${rule.id}: timeout ${problem}`,
    });
    expect(rule.status.phase).toBe('running');
    expect(await rule.stop({ timeout: 0 })).toEqual({ drained: true, dropped: {} });
  });

  it('completes a sink that nobody completes; it gets nothing after that', async () => {
    const path = newFile();
    const own = new Subject<number>();
    const rule = shared.rule((context) => own.subscribe(file(context, path)));
    await statusOf(rule, 'running');
    own.next(1);
    const stopped = rule.stop({ timeout: 50 });
    own.next(2);
    expect(await stopped).toEqual({ drained: true, dropped: {} });
    expect(own.observed).toBe(false);
    expect(linesOf(path)).toEqual([1, 2]);
  });

  it('is cut short by a signal, before it and during it', async () => {
    const aborted = shared.rule(() => NEVER);
    await aborted.stop({ timeout: 15_000, signal: AbortSignal.abort() });
    const rule = shared.rule(() => NEVER);
    const controller = new AbortController();
    const stopped = rule.stop({ timeout: 15_000, signal: controller.signal });
    controller.abort();
    expect(await stopped).toEqual({ drained: true, dropped: {} });
    expect(rule.status.phase).toBe('stopped');
  });

  it('tells streams of your own, once', async () => {
    let told = 0;
    const rule = shared.rule(({ stopping$ }) => interval(1).pipe(takeUntil(stopping$.pipe(tap(() => (told += 1))))));
    await statusOf(rule, 'running');
    await rule.stop({ timeout: 15_000 });
    await rule.stop();
    expect(told).toBe(1);
  });

  it('completes a source that is subscribed meanwhile, on a later turn of the loop', async () => {
    let runs = 0;
    const turns: boolean[] = [];
    const rule = shared.rule((context) => {
      const values = counted(context);
      return [
        defer(() => ((runs += 1), values)).pipe(repeat()),
        concat(
          counted(context),
          defer(() => {
            let later = false;
            setImmediate(() => (later = true));
            return concat(values, of(0)).pipe(tap(() => turns.push(later)));
          }),
        ),
      ];
    });
    await statusOf(rule, 'running');
    await rule.stop();
    expect(runs).toBeGreaterThan(1);
    expect(turns).toEqual([true]);
    expect(rule.ledger().balanced).toBe(true);
  });

  it('is the same one for whoever asks twice, and none for a rule that has ended', async () => {
    const rule = shared.rule((context) => counted(context));
    await statusOf(rule, 'running');
    await Promise.all([rule.stop({ timeout: 15_000 }), rule.stop({ timeout: 15_000 })]);
    expect(rule.closed).toBe(true);
    expect(await rule.stop()).toEqual({ drained: true, dropped: {} });
    expect(rule.status.phase).toBe('stopped');
  });

  it('comes at once while the rule waits for its restart', async () => {
    const rule = shared.rule(() => of(1).pipe(map(boom)), {
      restart: { delay: 60_000, maxDelay: 60_000, attempts: 9 },
    });
    await statusOf(rule, 'restarting');
    await rule.stop();
    expect((await rule.done).phase).toBe('stopped');
  });

  it('comes while a source has not been started yet', async () => {
    const rule = shared.rule((context) => counted(context).subscribe(file(context)));
    expect(await rule.stop()).toEqual({ drained: true, dropped: {} });
    expect(rule.ledger().balanced).toBe(true);
  });

  it('comes at the end of a block that uses the rule', async () => {
    const rule = shared.rule((context) => counted(context));
    {
      await using used = rule;
      await statusOf(used, 'running');
    }
    expect(rule.closed).toBe(true);
    expect(rule.status.phase).toBe('stopped');
  });
});

const boom = (): never => {
  throw new Error('boom');
};
