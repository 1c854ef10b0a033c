import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { settled, watchLedger } from '../helpers/ledger-watch.js';
import { faultScript, faultsOf } from '../helpers/random-faults.js';
import { bodyOf, rulePlan } from '../helpers/random-rule.js';
import { sharedHost } from '../helpers/shared-host.js';

/** The same seed makes the same rules and faults again; `RXPORT_BALANCE_RUNS` of them. */
const seed = Number(process.env['RXPORT_BALANCE_SEED'] ?? randomInt(1_000_000));
const runs = Number(process.env['RXPORT_BALANCE_RUNS'] ?? 25);
/** Milliseconds between two faults, and for a whole rule at most. */
const STEP = 60;

const shared = sharedHost();
const faults = faultsOf(shared);
const ending = fc.constantFrom('stop', 'cut', 'unsubscribe');

describe('the ledger of whatever rule', () => {
  it(`balances on every turn, whatever happens to it (RXPORT_BALANCE_SEED=${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(rulePlan, faultScript, ending, async (plan, steps, end) => {
        const rule = shared.rule(bodyOf(shared, plan), {
          restart: { delay: 20, maxDelay: 20, attempts: Infinity },
        });
        for (const step of steps) {
          const until = performance.now() + STEP;
          expect(await watchLedger(rule, () => performance.now() > until)).toEqual([]);
          faults[step](rule);
        }
        if (end === 'unsubscribe') rule.unsubscribe();
        else void rule.stop({ flush: end === 'stop', timeout: 200 });
        expect(await watchLedger(rule, () => rule.closed)).toEqual([]);
        settled(rule);
      }),
      { seed, numRuns: runs, endOnFailure: true },
    );
  }, 120_000);
});
