import { describe, expect, it } from '@jest/globals';
import { defer, from, interval, map, type Observable } from 'rxjs';
import { systemClock } from '../../lib/clock.js';
import { LedgerBook } from '../../lib/rule/ledger.js';
import { RuleRun } from '../../lib/rule/run.js';
import { iterate } from '../../operators/index.js';
import { until } from '../helpers/until.js';

/** A run whose branch is a loop over `stream`: what that has got, and whether it has ended. */
function start(stream: Observable<number>) {
  const book = new LedgerBook();
  const seen: number[] = [];
  const log: string[] = [];
  async function* loop() {
    for await (const one of iterate(stream)) {
      seen.push(one);
      yield one;
    }
    log.push('over');
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
  return { run, seen, log, book };
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
});
