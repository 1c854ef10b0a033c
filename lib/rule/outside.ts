import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import { Stage } from '../stage.js';
import { RuleRun } from './run.js';

/** What plugins are told as the rule of a symbol that is used without one. */
const OUTSIDE = 'host';

export interface OutsideDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Milliseconds for a flush; default 5,000. */
  readonly flushTimeout: number | undefined;
  readonly opId: () => string;
  /** Of all calls. */
  readonly callId: string;
}

/** Owns what is used without a rule: what happens to it is logged, nobody reads what it counts. */
export const outsideRun = ({ clock, log, flushTimeout, opId, callId }: OutsideDeps): RuleRun =>
  new RuleRun({
    ruleId: OUTSIDE,
    clock,
    flushTimeout,
    opId,
    callId: () => callId,
    // Without a gauge: these have nothing in common, and one sink that is behind would hold back all sources.
    stage: (kind, name, depth, hooks) => new Stage(kind, name, depth, { ...hooks, gauge: undefined }),
    report: (event) => log.warn({ event }, `outside a rule: ${event.type}`),
    missing: () => undefined,
    failed: (error) => log.error({ code: error.code }, error.message),
  });
