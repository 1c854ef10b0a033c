import type { Observable } from 'rxjs';
import type { Overflow } from '../stage.js';
import type { RuleContext } from './define.js';
import type { Ledger } from './ledger.js';
import type { RuleEvent, StopOptions, StopReport } from './rule.js';
import type { Pace } from './share-pace.js';
import type { RuleStatus } from './status.js';

/** What the body of a share composes its stream from: its sinks are those of the rules. */
export type ShareContext = Pick<RuleContext, 'source' | 'call' | 'stopping$'>;

/** Runs once for each run of the share, and returns the stream that all its subscribers get. */
export type ShareBody<T> = (rule: ShareContext) => Observable<T>;

/** How a share treats subscribers that are behind. */
export interface ShareOptions {
  /**
   * Whom the sources of the share wait for. `slowest` (default): they are held back while more values than its high mark wait
   * for any of the subscribers, so that nobody loses a value as long as the sources can wait, and one that stands still lets all
   * of them wait. `fastest`: only while that many wait for each of them; who is slower loses values, by the policy of `queue`.
   */
  readonly pace?: Pace;
  /**
   * What waits for each subscriber while its rule has more than it can work off, and what goes when more comes; default
   * `drop-oldest`, and 10,000, fewer of large tuples. What goes is counted in the ledger of that rule.
   */
  readonly queue?: Overflow;
}

/**
 * One stream for many rules: its body runs once, whoever subscribes.
 *
 * Hot while somebody takes it: the first subscription starts its run, and when the last one has gone, that is stopped; who
 * comes meanwhile waits for the next run. A subscriber gets what comes from then on, no earlier value. All get the same object
 * for a value: do not change it.
 *
 * To its rule a subscription is what a source is: with a stage `share <name>` in its ledger, held back while the rule has more
 * than it can work off, and completed when the rule stops, after what the share had read. When the run of the share fails, each
 * subscriber gets its error; who subscribes again, as the restart policy of a rule does, starts it again. Without a rule a
 * subscription ends with the host.
 */
export interface Shared<T> extends Observable<T> {
  /** To plugins the rule that its sources run in. */
  readonly name: string;
  /** Of the run; while nobody subscribes that of the last one, `stopped` before the first. */
  readonly status: RuleStatus;
  /** Hot, replays the newest, after the end as well; completes when the share is stopped. */
  readonly status$: Observable<RuleStatus>;
  /** Hot: what happens to the symbols in its body, and each change of its status; completes when the share is stopped. */
  readonly events$: Observable<RuleEvent>;
  /** What its body has taken, passed, dropped and holds, over all its runs. What waits for a rule is in the ledger of that rule. */
  ledger(): Ledger;
  /**
   * Ends it for good, down the arrow: its sources, what its operators hold, then its subscribers complete. Its name is free
   * when that resolves, and who subscribes from then on gets `ERR_RULE_CLOSED`. Rejects as the
   * stop of a rule does.
   */
  stop(options?: StopOptions): Promise<StopReport>;
}
