/** What a ledger says on every turn of the event loop. */
import { expect } from '@jest/globals';
import { isBalanced, type Ledger, type Rule } from '../../lib/index.js';

/**
 * Looks at the ledger on every turn until `done` says so; answers those that do not balance, and what else is `wrong` with
 * them.
 */
export function watchLedger(
  rule: Pick<Rule, 'ledger'>,
  done: () => boolean,
  wrong: (ledger: Ledger) => readonly string[] = () => [],
): Promise<readonly (Ledger | string)[]> {
  return new Promise((resolve) => {
    const bad: (Ledger | string)[] = [];
    const look = (): void => {
      const ledger = rule.ledger();
      if (!ledger.balanced || !Object.values(ledger.stages).every(isBalanced)) bad.push(ledger);
      bad.push(...wrong(ledger));
      // The first ones say what is wrong.
      if (done()) resolve(bad.slice(0, 5));
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
