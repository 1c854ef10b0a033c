/** What a ledger says on every turn of the event loop. */
import { expect } from '@jest/globals';
import { isBalanced, type Ledger, type Rule } from '../../lib/index.js';

/** Looks at the ledger on every turn until `done` says so; answers those that do not balance. */
export function watchLedger(rule: Pick<Rule, 'ledger'>, done: () => boolean): Promise<readonly Ledger[]> {
  return new Promise((resolve) => {
    const bad: Ledger[] = [];
    const look = (): void => {
      const ledger = rule.ledger();
      if (!ledger.balanced || !Object.values(ledger.stages).every(isBalanced)) bad.push(ledger);
      if (done()) resolve(bad);
      else setImmediate(look);
    };
    look();
  });
}

/** Stops the rule: its ledger balances on every turn until it has, and nothing is in flight then. */
export async function stopBalanced(rule: Rule): Promise<Ledger> {
  const stopping = rule.stop();
  expect(await watchLedger(rule, () => rule.closed)).toEqual([]);
  await stopping;
  return settled(rule);
}

/** Its ledger balances, and nothing is in flight. */
export function settled(rule: Pick<Rule, 'ledger'>): Ledger {
  const ledger = rule.ledger();
  expect(ledger.balanced).toBe(true);
  expect(Object.values(ledger.stages).map(({ inFlight }) => inFlight)).toEqual(
    Object.values(ledger.stages).map(() => 0),
  );
  return ledger;
}
