import type { Clock } from '../clock.js';
import type { Logger } from '../log.js';
import { Stage } from '../stage.js';
import { EventLog } from './event-log.js';
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
export class Outside extends RuleRun {
  private readonly events: EventLog;

  constructor({ clock, log, flushTimeout, opId, callId }: OutsideDeps) {
    const events = new EventLog('outside a rule', {}, clock, log);
    super({
      ruleId: OUTSIDE,
      clock,
      flushTimeout,
      opId,
      callId: () => callId,
      // Without what the stages of a rule share: these have nothing in common, and one sink that is behind would hold back all
      // sources, one source of large tuples make all queues smaller.
      stage: (kind, name, depth, hooks) =>
        new Stage(kind, name, depth, { ...hooks, gauge: undefined, scale: undefined }),
      report: (event) => events.note(event),
      missing: () => undefined,
      failed: (error) => log.error({ code: error.code }, error.message),
    });
    this.events = events;
  }

  override async stop(options: Parameters<RuleRun['stop']>[0]): Promise<void> {
    await super.stop(options);
    this.events.flush();
  }
}
