import { describe, expect, it } from '@jest/globals';
import { NEVER, tap, timer } from 'rxjs';
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
