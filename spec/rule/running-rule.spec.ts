import { describe, expect, it } from '@jest/globals';
import { lastValueFrom, map, NEVER, of, Subject, throwError, toArray } from 'rxjs';
import { linesOf } from '../helpers/lines.js';
import { newFile, partsOf, statusOf } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';
import { unique } from '../helpers/unique.js';
import { until } from '../helpers/until.js';

const shared = sharedHost();
const { counted, echo, file } = partsOf(shared);
const soon = { delay: 5, maxDelay: 5, attempts: 3 };

describe('a rule', () => {
  it('tells each change of its status, then completes', async () => {
    const rule = shared.rule((context) => counted(context, 3, { interval: 30 }));
    const statuses = lastValueFrom(rule.status$.pipe(toArray()));
    const events = lastValueFrom(rule.events$.pipe(toArray()));
    const last = await rule.done;
    expect((await statuses).map(({ phase }) => phase)).toEqual(['waiting', 'running', 'completed']);
    expect((await events).map((event) => event.type === 'status' && event.status.phase)).toEqual([
      'running',
      'completed',
    ]);
    expect(rule).toMatchObject({ closed: true, status: last });
    expect(await lastValueFrom(rule.status$)).toBe(last);
  });

  it('tells everybody the same order, also where who hears of a status changes it', async () => {
    const failing = new Subject<void>();
    const rule = shared.rule(() => failing);
    const [seen, told]: [string[], string[]] = [[], []];
    rule.status$.subscribe(({ phase }) => phase === 'restarting' && void rule.stop());
    rule.status$.subscribe(({ phase }) => void seen.push(phase));
    rule.events$.subscribe((event) => event.type === 'status' && void told.push(event.status.phase));
    failing.error(new Error('no'));
    expect(rule.status.phase).toBe('stopping');
    await rule.done;
    expect(seen).toEqual(['running', 'restarting', 'stopping', 'stopped']);
    expect(told).toEqual(['restarting', 'stopping', 'stopped']);
  });

  it('keeps the sums of its runs in the ledger', async () => {
    const path = newFile();
    let runs = 0;
    const rule = shared.rule(
      (context) => {
        runs += 1;
        const values = counted(context, 4).pipe(echo(context));
        if (runs > 2) return values.subscribe(file(context, path));
        return values.pipe(map(({ i }) => (i === 2 ? boom() : i))).subscribe(file(context, path));
      },
      { restart: soon },
    );
    expect((await rule.done).phase).toBe('completed');
    expect(runs).toBe(3);
    const { stages, balanced } = rule.ledger();
    expect(balanced).toBe(true);
    expect(Object.keys(stages)).toHaveLength(3);
    expect(stages[`sink ${shared.symbol('file')}`]).toMatchObject({ received: 8, passed: 8 });
    expect(linesOf(path)).toHaveLength(8);
  });

  it('fails after the attempts that its policy allows, and says why', async () => {
    let runs = 0;
    const rule = shared.rule(() => ((runs += 1), throwError(() => new Error(`run ${runs}`))), { restart: soon });
    const attempts: number[] = [];
    rule.status$.subscribe((status) => status.phase === 'restarting' && attempts.push(status.attempt));
    expect(await rule.done).toMatchObject({ phase: 'failed', error: { message: expect.stringContaining('run 4') } });
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('is closed when it is done, not before', async () => {
    const rule = shared.rule((context) => [counted(context), of(1).pipe(map(boom))], { restart: 'never' });
    expect(rule.status.phase).toBe('failed');
    expect(rule.closed).toBe(false);
    expect((await rule.done).phase).toBe('failed');
    expect(rule.closed).toBe(true);
  });
});

describe('the restart of a rule by hand', () => {
  it('resolves for one that uses no plugin, whose status does not change', async () => {
    let runs = 0;
    const rule = shared.rule(() => ((runs += 1), NEVER));
    await statusOf(rule, 'running');
    await rule.restart();
    expect(runs).toBe(2);
    await rule.stop();
  });

  it('resolves for one whose body asks for it, once that has run again', async () => {
    const id = unique('r');
    const { host } = shared;
    let runs = 0;
    const restarted: Promise<number>[] = [];
    // In its first run, on the tick on which it begins, and in a later one.
    const rule = host.rule(id, () => {
      if ((runs += 1) < 3)
        restarted.push(
          host
            .getRule(id)
            .restart()
            .then(() => runs),
        );
      return NEVER;
    });
    await until(() => runs === 3);
    expect(await Promise.all(restarted)).toEqual([2, 3]);
    expect(rule.status.phase).toBe('running');
    await rule.stop();
  });

  it('stops it with flush and runs the body again', async () => {
    const path = newFile();
    let runs = 0;
    const rule = shared.rule((context) => ((runs += 1), counted(context).subscribe(file(context, path))));
    await until(() => linesOf(path).length > 5);
    await rule.restart();
    expect(runs).toBe(2);
    const before = linesOf(path).length;
    await until(() => linesOf(path).length > before);
    expect(await rule.stop()).toEqual({ drained: true, dropped: {} });
    const { stages, balanced } = rule.ledger();
    expect(balanced).toBe(true);
    expect(stages[`sink ${shared.symbol('file')}`]?.passed).toBe(linesOf(path).length);
    expect(stages[`source ${shared.symbol('count')}`]?.passed).toBe(linesOf(path).length);
  });

  it('does not wait for the back-off', async () => {
    let runs = 0;
    const rule = shared.rule(() => ((runs += 1) === 1 ? throwError(boom) : NEVER), {
      restart: { delay: 60_000, maxDelay: 60_000, attempts: 9 },
    });
    expect(rule.status).toMatchObject({ phase: 'restarting', attempt: 1 });
    // Its first run is still being closed.
    await rule.restart();
    await statusOf(rule, 'running');
    expect(runs).toBe(2);
    rule.unsubscribe();
    await rule.done;
  });

  it('begins the count of attempts anew', async () => {
    const rule = shared.rule(() => throwError(boom), { restart: { delay: 60_000, maxDelay: 60_000, attempts: 9 } });
    await rule.restart();
    expect(await statusOf(rule, 'restarting')).toMatchObject({ attempt: 1 });
    await rule.stop();
  });

  it('is refused once the rule stops', async () => {
    const rule = shared.rule(() => NEVER);
    const stopped = rule.stop({ timeout: 10 });
    await expect(rule.restart()).rejects.toMatchObject({ code: 'ERR_RULE_CLOSED' });
    await stopped;
    await expect(rule.restart()).rejects.toMatchObject({
      code: 'ERR_RULE_CLOSED',
      message: expect.stringContaining('start it anew with host.rule()'),
    });
  });

  it('goes on when the one who asked for it waits no longer', async () => {
    const own = new Subject<number>();
    let runs = 0;
    const rule = shared.rule(() => ((runs += 1), own));
    const controller = new AbortController();
    const restarted = rule.restart({ signal: controller.signal });
    controller.abort(new Error('no longer'));
    await expect(restarted).rejects.toThrow('no longer');
    expect(runs).toBe(1);
    own.complete();
    await until(() => runs === 2);
    await rule.stop();
  });

  it('does not begin with a signal that is aborted', async () => {
    const rule = shared.rule(() => NEVER);
    await expect(rule.restart({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
    expect(rule.status.phase).toBe('running');
    await rule.stop({ timeout: 10 });
    await expect(rule.restart({ signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
  });

  it('is overtaken by a stop', async () => {
    const rule = shared.rule(() => NEVER);
    const restarted = rule.restart();
    rule.unsubscribe();
    await expect(restarted).rejects.toMatchObject({ code: 'ERR_RULE_CLOSED' });
    expect((await rule.done).phase).toBe('stopped');
  });
});

const boom = (): never => {
  throw new Error('boom');
};
