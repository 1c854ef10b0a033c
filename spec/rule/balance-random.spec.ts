import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import type { Rule } from '../../lib/index.js';
import { watchLedger } from '../helpers/ledger-watch.js';
import { bodyOf, rulePlan } from '../helpers/random-rule.js';
import { sharedHost } from '../helpers/shared-host.js';

/** The same seed makes the same rules and faults again; `RXPORT_BALANCE_RUNS` of them. */
const seed = Number(process.env['RXPORT_BALANCE_SEED'] ?? randomInt(1_000_000));
const runs = Number(process.env['RXPORT_BALANCE_RUNS'] ?? 25);
/** Milliseconds between two faults, and for a whole rule at most. */
const STEP = 60;

/** A plugin that dies ten times in five minutes is not started again. */
const KILLS = 8;

const shared = sharedHost();
let kills = 0;

const faults = {
  kill: (): void => {
    const { state } = shared.plugin;
    if (state.phase !== 'ready' || kills === KILLS) return;
    kills += 1;
    process.kill(state.pid, 'SIGKILL');
  },
  restart: (rule: Rule): void => void rule.restart().catch(() => undefined),
  nothing: (): void => undefined,
};
const script = fc.array(fc.constantFrom<keyof typeof faults>('restart', 'nothing', 'kill'), { maxLength: 4 });
const ending = fc.constantFrom('stop', 'cut', 'unsubscribe');

describe('the ledger of whatever rule', () => {
  it(`balances on every turn, whatever happens to it (RXPORT_BALANCE_SEED=${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(rulePlan, script, ending, async (plan, steps, end) => {
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
        const { stages, balanced } = rule.ledger();
        expect(balanced).toBe(true);
        expect(Object.values(stages).map(({ inFlight }) => inFlight)).toEqual(Object.values(stages).map(() => 0));
      }),
      { seed, numRuns: runs, endOnFailure: true },
    );
  }, 120_000);
});
