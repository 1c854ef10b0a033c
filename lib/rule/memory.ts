import { LedgerBook } from './ledger.js';

/** What a rule keeps from one run to the next. */
export class RuleMemory {
  readonly book = new LedgerBook();
  /** By call position: the contexts of a rule leak in the SDKs, so they are the same in each run. */
  private readonly callIds = new Map<string, string>();

  callId(position: string, next: () => string): string {
    const id = this.callIds.get(position) ?? next();
    this.callIds.set(position, id);
    return id;
  }
}
