import { describe, expect, it } from '@jest/globals';
import { defer, from, interval, map, type Observable, range } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import { LedgerBook } from '../../lib/rule/ledger.js';
import { RuleRun } from '../../lib/rule/run.js';
import { iterate } from '../../operators/index.js';
import { none } from '../helpers/none.js';
import { until } from '../helpers/until.js';

/** A run whose branch is a loop over `stream`, which stays at its value `at` until `ask` lets it go on. */
function start(stream: Observable<number>, at = Infinity) {
  const book = new LedgerBook();
  const seen: number[] = [];
  const log: string[] = [];
  let ask = (): void => undefined;
  const asked = new Promise<void>((resolve) => (ask = resolve));
  async function* loop() {
    try {
      for await (const one of iterate(stream)) {
        seen.push(one);
        if (seen.length === at) await asked;
        yield one;
      }
    } finally {
      log.push('over');
    }
  }
  const run = new RuleRun({
    ruleId: 'r',
    clock: systemClock,
    opId: () => 'o',
    callId: () => 'c',
    stage: (kind, name, depth, hooks) => book.stage(kind, name, depth, hooks),
    report: () => undefined,
    missing: () => undefined,
    failed: (error) => log.push(error.code),
  });
  run.build(() => defer(() => from(loop())));
  return { run, seen, log, book, ask };
}

describe('a loop in a rule', () => {
  it('gets nothing any more when the rule is cut, whatever its stream goes on with', async () => {
    const { run, seen, log, book } = start(interval(1));
    await until(() => seen.length > 2);
    run.cut();
    const { length } = seen;
    await until(() => log.length > 0);

    expect([seen.length, log]).toEqual([length, ['over']]);
    expect(book.read()).toMatchObject({ balanced: true });
    await run.ended();
  });

  it('is cut off at the deadline of a stop', async () => {
    const { run, seen, log } = start(interval(1).pipe(map((n) => -n)));
    await until(() => seen.length > 2);
    await run.stop({ flush: true, timeout: 20 });
    await until(() => log.length > 0);

    expect(log).toEqual(['over']);
  });

  it('is cut off with what waits when its stream has completed, as every source has at a stop', async () => {
    const { run, seen, log, book, ask } = start(range(1, 5), 2);
    await until(() => seen.length === 2);
    await run.stop({ flush: true, timeout: 20 });
    expect(book.read()).toMatchObject({
      balanced: true,
      stages: { 'queue iterate': { received: 5, passed: 2, dropped: { stopped: 3 }, inFlight: 0 } },
    });
    ask();
    await until(() => log.length > 0);

    expect([seen, log]).toEqual([[1, 2], ['over']]);
  });

  it('gets what waits when its stream has completed and the rule takes its time', async () => {
    const { run, seen, log, book, ask } = start(range(1, 5), 2);
    await until(() => seen.length === 2);
    const stopped = run.stop({ flush: true, timeout: 60_000 });
    ask();
    await stopped;

    expect([seen, log]).toEqual([[1, 2, 3, 4, 5], ['over']]);
    expect(book.read()).toMatchObject({ balanced: true, stages: { 'queue iterate': { passed: 5, dropped: none } } });
  });
});
