import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { Crossings } from '../helpers/crossings.js';
import { settled, watchLedger } from '../helpers/ledger-watch.js';
import { faultScript, faultsOf } from '../helpers/random-faults.js';
import { bodyOf, rulePlan } from '../helpers/random-rule.js';
import { sharedHost } from '../helpers/shared-host.js';

/** The same seed makes the same rules and faults again; `RXPORT_BALANCE_RUNS` of them, 1,000 for a long look. */
const seed = Number(process.env['RXPORT_BALANCE_SEED'] ?? randomInt(1_000_000));
const runs = Number(process.env['RXPORT_BALANCE_RUNS'] ?? 25);
/** Milliseconds between two faults, at least. */
const STEP = 60;

const shared = sharedHost();
const faults = faultsOf(shared);
const ending = fc.constantFrom('stop', 'cut', 'unsubscribe');

describe('the ledger of whatever rule', () => {
  it(
    `balances on every turn, and says what went through, whatever happens to it (RXPORT_BALANCE_SEED=${seed})`,
    async () => {
      await fc.assert(
        fc.asyncProperty(rulePlan, faultScript, ending, async (plan, steps, end) => {
          const seen = new Crossings();
          const { kills } = faults;
          const rule = shared.rule(bodyOf(shared, plan, seen), {
            restart: { delay: 20, maxDelay: 20, attempts: Infinity },
          });
          const watch = (done: () => boolean) => watchLedger(rule, done, (ledger) => seen.differences(ledger));
          for (const step of steps) {
            const until = performance.now() + STEP;
            let over = false;
            void faults.strike(step, rule).then(() => (over = true));
            expect(await watch(() => over && performance.now() > until)).toEqual([]);
          }
          if (end === 'unsubscribe') rule.unsubscribe();
          else void rule.stop({ flush: end === 'stop', timeout: 200 });
          expect(await watch(() => rule.closed)).toEqual([]);
          expect(seen.gaps).toEqual([]);
          const ledger = settled(rule);
          // What a process had read that was killed is gone with it.
          if (kills === faults.kills) expect(seen.unwritten(ledger)).toEqual([]);
        }),
        { seed, numRuns: runs, endOnFailure: true },
      );
    },
    120_000 + runs * 2_000,
  );
});
