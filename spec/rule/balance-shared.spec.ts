import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import type { Overflow, Pace, Rule } from '../../lib/index.js';
import { Crossings } from '../helpers/crossings.js';
import { settled, watchLedger } from '../helpers/ledger-watch.js';
import type { Counted } from '../helpers/parts.js';
import { faultScript, faultsOf } from '../helpers/random-faults.js';
import { bodyOf, type RulePlan, rulePlan } from '../helpers/random-rule.js';
import { sharedHost } from '../helpers/shared-host.js';
import { unique } from '../helpers/unique.js';

/** The same seed makes the same rules and faults again; `RXPORT_BALANCE_RUNS` of them, 1,000 for a long look. */
const seed = Number(process.env['RXPORT_BALANCE_SEED'] ?? randomInt(1_000_000));
const numRuns = Number(process.env['RXPORT_BALANCE_RUNS'] ?? 15);
/** Milliseconds between two faults, at least. */
const STEP = 60;

const shared = sharedHost();
const faults = faultsOf(shared);

const options = fc.record({
  pace: fc.constantFrom<Pace>('slowest', 'fastest'),
  queue: fc.record({
    size: fc.integer({ min: 4, max: 2_000 }),
    policy: fc.constantFrom<Overflow['policy']>('drop-oldest', 'drop-newest', 'latest', 'error'),
  }),
});
const plans = fc.array(rulePlan, { minLength: 2, maxLength: 3 });

describe('the ledgers of rules that share a source of a plugin', () => {
  it(
    `balance on every turn, whatever happens to them (RXPORT_BALANCE_SEED=${seed})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(plans, options, faultScript, fc.nat(2), async (bodies, sharing, steps, at) => {
          const config = { burst: bodies[0]?.burst, interval: 1, pad: 0 };
          const values = shared.host.share(
            unique('s'),
            ({ source }) => source<Counted>(shared.symbol('count'), { config }),
            sharing,
          );
          const seen = bodies.map(() => new Crossings());
          const rules = seen.map((crossings, n) =>
            shared.rule(bodyOf(shared, bodies[n] as RulePlan, crossings, values), {
              restart: { delay: 20, maxDelay: 20, attempts: Infinity },
            }),
          );
          const watch = async (done: () => boolean): Promise<void> => {
            const all = [
              watchLedger(values, done),
              ...rules.map((rule, n) => watchLedger(rule, done, (ledger) => seen[n]?.differences(ledger) ?? [])),
            ];
            expect(await Promise.all(all)).toEqual(all.map(() => []));
          };
          for (const step of steps) {
            const until = performance.now() + STEP;
            let over = false;
            void faults.strike(step, rules[at % rules.length] as Rule).then(() => (over = true));
            await watch(() => over && performance.now() > until);
          }
          for (const [n, rule] of rules.entries()) {
            if (n === at) rule.unsubscribe();
            else void rule.stop({ timeout: 200 });
          }
          await watch(() => rules.every(({ closed }) => closed));
          await values.stop();
          for (const one of [...rules, values]) settled(one);
        }),
        { seed, numRuns, endOnFailure: true },
      );
    },
    120_000 + numRuns * 2_000,
  );
});
