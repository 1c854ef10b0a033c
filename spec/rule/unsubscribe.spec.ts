import { describe, expect, it } from '@jest/globals';
import { connectable, interval, NEVER, of, tap, throwError, timer } from 'rxjs';
import type { LedgerStage, Rule } from '../../lib/index.js';
import { linesOf } from '../helpers/lines.js';
import { newFile, partsOf, statusOf, zeroTo } from '../helpers/parts.js';
import { sharedHost } from '../helpers/shared-host.js';
import { until } from '../helpers/until.js';

const shared = sharedHost();
const { counted, echo, file } = partsOf(shared);

describe('unsubscribing a rule', () => {
  it('gives no operator a value after it has returned, and delivers what its sink has', async () => {
    const path = newFile();
    let returned = false;
    let late = 0;
    const rule = shared.rule((context) =>
      counted(context, undefined, { burst: 20 })
        .pipe(
          echo(context, { concurrency: 4 }),
          tap(() => (late += returned ? 1 : 0)),
        )
        .subscribe(file(context, path)),
    );
    await until(() => linesOf(path).length > 50);
    rule.unsubscribe();
    returned = true;
    expect(rule.closed).toBe(false);
    expect((await rule.done).phase).toBe('stopped');
    expect(late).toBe(0);

    const { stages, balanced } = rule.ledger();
    const sink = stages[`sink ${shared.symbol('file')}`];
    expect(balanced).toBe(true);
    expect(sink?.passed).toBe(sink?.received);
    expect(linesOf(path)).toEqual(zeroTo(sink?.received ?? 0));
    // What was under way above the sink is not lost in silence.
    const dropped = Object.values(stages).map((stage) => stage.dropped['stopped'] ?? 0);
    expect(dropped.reduce((sum, count) => sum + count)).toBeGreaterThan(0);
  });

  it('does not wait for a flush, and does not throw, twice or late', async () => {
    const rule = shared.rule(() => [NEVER, timer(60_000)]);
    rule.unsubscribe();
    rule.unsubscribe();
    expect((await rule.done).phase).toBe('stopped');
    rule.unsubscribe();
    expect(rule.status.phase).toBe('stopped');
  });

  it('gives nothing to operators between a source and a subject either', async () => {
    let returned = false;
    let late = 0;
    const rule = shared.rule((context) => {
      const hot = connectable(counted(context, undefined, { burst: 20 }).pipe(tap(() => (late += returned ? 1 : 0))));
      const branches = [hot.subscribe(file(context)), hot];
      hot.connect();
      return branches;
    });
    const source = (): LedgerStage | undefined => rule.ledger().stages[`source ${shared.symbol('count')}`];
    await until(() => (source()?.passed ?? 0) > 50);
    rule.unsubscribe();
    returned = true;
    const passed = source()?.passed;
    await rule.done;
    expect(late).toBe(0);
    expect(source()?.passed).toBe(passed);
    expect(rule.ledger().balanced).toBe(true);
  });

  it('ends what comes behind it in the body, too', async () => {
    let runs = 0;
    let ticks = 0;
    const rule: Rule = shared.rule(
      () => {
        runs += 1;
        if (runs === 1) return throwError(() => new Error('again'));
        return [of(1).pipe(tap(() => rule.unsubscribe())), interval(1).pipe(tap(() => (ticks += 1)))];
      },
      { restart: { delay: 1, maxDelay: 1, attempts: 1 } },
    );
    await rule.done;
    expect([runs, ticks]).toEqual([2, 0]);
  });

  it('cuts a stop short', async () => {
    const rule = shared.rule(() => NEVER);
    const stopped = rule.stop({ timeout: 15_000 });
    rule.unsubscribe();
    expect(await stopped).toEqual({ drained: true, dropped: {} });
  });

  it('keeps the id until the end', async () => {
    const rule = shared.rule((context) => counted(context).subscribe(file(context)));
    await statusOf(rule, 'running');
    rule.unsubscribe();
    expect(() => shared.host.rule(rule.id, () => NEVER)).toThrow(expect.objectContaining({ code: 'ERR_RULE_EXISTS' }));
    await rule.done;
    expect(shared.host.rules).toEqual([]);
    const next = shared.host.rule(rule.id, () => []);
    expect((await next.done).phase).toBe('completed');
  });
});
