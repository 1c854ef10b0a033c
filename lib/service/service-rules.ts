import type { RxportError } from '../errors.js';
import type { Ledger } from '../rule/ledger.js';
import type { RuleStatus } from '../rule/status.js';

/** A rule of a service, or a rule file that brings none. */
export interface RuleView {
  /** Of the rule; of a file that does not load its name: `overheat.ts`. */
  readonly id: string;
  readonly file: string;
  /** A rule that has ended keeps its last one, until it is started again. */
  readonly status: RuleStatus;
  /** Why it is as it is; of a rule that runs: why its file, which has changed, does not load. */
  readonly error: RxportError | undefined;
  /** As it was at the end, of a rule that has ended. */
  ledger(): Ledger;
}

/** The rules of a service: all that its files define, whether they run or not. */
export interface ServiceRules {
  list(): readonly RuleView[];
  /** Throws `ERR_RULE_UNKNOWN`. */
  get(id: string): RuleView;
  /**
   * Starts a rule that has ended; one that runs goes on. Of a file that does not load: tries again. Rejects with
   * `ERR_RULE_UNKNOWN`, `ERR_RULE_EXISTS`, `ERR_RULE_FILE`, `ERR_HOST_STOPPED`, and with why the rule has failed at once.
   */
  start(id: string): Promise<void>;
  /** Stops it with flush; resolves when it has ended, at once where it has. Rejects with `ERR_RULE_UNKNOWN`. */
  stop(id: string): Promise<void>;
  /** Stops it with flush and runs its body again; rejects as `start`. */
  restart(id: string): Promise<void>;
}
