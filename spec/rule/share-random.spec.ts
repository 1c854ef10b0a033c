import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { Subject, tap } from 'rxjs';
import type { Overflow, Rule, Shared } from '../../lib/index.js';
import { mapAsync } from '../../operators/index.js';
import { watchLedger } from '../helpers/ledger-watch.js';
import { sharing } from '../helpers/sharing.js';

/** The same seed makes the same shares again; `RXPORT_BALANCE_RUNS` of them. */
const seed = Number(process.env['RXPORT_BALANCE_SEED'] ?? randomInt(1_000_000));
const numRuns = Number(process.env['RXPORT_BALANCE_RUNS'] ?? 20);

const on = sharing();

const plan = fc.record({
  pace: fc.constantFrom('slowest' as const, 'fastest' as const),
  queue: fc.record({
    size: fc.integer({ min: 4, max: 30 }),
    policy: fc.constantFrom<Overflow['policy']>('drop-oldest', 'drop-newest', 'latest', 'error'),
  }),
});

const who = fc.nat(5);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('emit' as const), count: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('come' as const), high: fc.integer({ min: 1, max: 8 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('work' as const), who, count: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('stop', 'unsubscribe', 'restart'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('error' as const, 'complete' as const, 'turn' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A rule over `shared` that works on a value for as long as the spec wants. */
function slowRule(shared: Shared<number>, high: number) {
  const going: (() => void)[] = [];
  /** One list for each run. */
  const seen: number[][] = [];
  const work = (): Promise<void> => new Promise((go) => going.push(go));
  const rule = on.rule(() => {
    const run: number[] = [];
    seen.push(run);
    return shared.pipe(
      tap((value) => run.push(value)),
      mapAsync(work, { concurrency: 2, size: 10, high }),
    );
  });
  return { rule, seen, work: (count: number) => going.splice(0, count).forEach((go) => go()) };
}

function scene({ pace, queue }: typeof plan extends fc.Arbitrary<infer T> ? T : never) {
  let values = new Subject<number>();
  let count = 0;
  const shared = on.share(() => (values = new Subject<number>()), { pace, queue });
  const rules: ReturnType<typeof slowRule>[] = [];
  const take = (one: Step): void => {
    const rule = 'who' in one ? rules[one.who] : undefined;
    if ('high' in one) rules.push(slowRule(shared, one.high));
    else if (one.do === 'emit') for (let n = 0; n < one.count; n += 1) values.next(count++);
    else if (one.do === 'work') rule?.work(one.count);
    else if (one.do === 'stop') void rule?.rule.stop({ timeout: 20 });
    else if (one.do === 'unsubscribe') rule?.rule.unsubscribe();
    else if (one.do === 'restart') void rule?.rule.restart().catch(() => undefined);
    else if (one.do === 'error') values.error(new Error('broken'));
    else if (one.do === 'complete') values.complete();
  };
  const all = (): readonly Pick<Rule, 'ledger'>[] => [shared, ...rules.map(({ rule }) => rule)];
  return { shared, rules, take, all };
}

describe('the ledgers of whoever shares', () => {
  it(`balance on every turn, whatever they do (RXPORT_BALANCE_SEED=${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(plan, fc.array(step, { maxLength: 40 }), async (options, steps) => {
        const { shared, rules, take, all } = scene(options);
        for (const one of steps) {
          take(one);
          expect(all().map((of) => of.ledger().balanced)).toEqual(all().map(() => true));
          if (one.do === 'turn') await new Promise((turn) => setTimeout(turn, 12));
        }
        for (const { rule } of rules) void rule.stop({ timeout: 20 });
        for (const { rule } of rules) expect(await watchLedger(rule, () => rule.closed)).toEqual([]);
        expect(['stopped', 'completed', 'failed']).toContain(shared.status.phase);
        for (const of of all()) for (const { inFlight } of Object.values(of.ledger().stages)) expect(inFlight).toBe(0);
        await shared.stop();
        for (const { seen } of rules) for (const run of seen) expect(run).toEqual([...run].sort((a, b) => a - b));
      }),
      { seed, numRuns, endOnFailure: true },
    );
  }, 120_000);
});
