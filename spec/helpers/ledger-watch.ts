import { isBalanced, type Ledger, type Rule } from '../../lib/index.js';

/** Looks at the ledger on every turn of the loop until `done` says so; answers those that do not balance. */
export function unbalanced(rule: Rule, done: () => boolean): Promise<readonly Ledger[]> {
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
