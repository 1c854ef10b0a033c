import { LedgerBook } from './ledger.js';

/** What a rule keeps from one run to the next. */
export class RuleMemory {
  readonly book = new LedgerBook();
  /** By call position: the contexts of a rule leak in the SDKs, so they are the same in each run. */
  readonly callIds: string[] = [];
}
