import type { Observable, Unsubscribable } from 'rxjs';
import { checkDuration, WAIT } from '../duration.js';
import type { SymbolEvent } from '../symbol/owner.js';
import type { Ledger } from './ledger.js';
import type { RuleStatus } from './status.js';

export interface StopOptions {
  /** Let the operators emit what they hold; default true. */
  readonly flush?: boolean;
  /**
   * Milliseconds that the flush may take before the rest is cut off; default the host's `flushTimeout` (5,000), `Infinity`
   * for as long as it takes: for ever, when the rule gets nowhere. It begins when the sources have ended, and is for what they
   * have sent and the rule has not taken yet, too. A sink that requires acks is given up after as long again, and its `ackTimeout`, without an ack
   * in time. One that does not drains for as long as its plugin takes values, or works.
   */
  readonly timeout?: number;
  /**
   * Cuts the flush short, and the drain of the sinks: what does not go out within a second is dropped, and what has gone
   * out is not waited for much longer.
   */
  readonly signal?: AbortSignal;
}

/** Throws `ERR_OPERATOR_OPTION`; `title` is what is to stop. */
export function checkStop(title: string, { timeout }: StopOptions = {}): void {
  if (timeout !== undefined) checkDuration(`the stop of ${title}`, 'timeout', timeout, WAIT);
}

export interface StopReport {
  /** True when nothing was dropped meanwhile, for whatever reason. */
  readonly drained: boolean;
  /** What was dropped while the rule stopped, by reason: `stopped` is what was cut off. */
  readonly dropped: Readonly<Record<string, number>>;
}

export type RuleEvent = SymbolEvent | { readonly type: 'status'; readonly status: RuleStatus; readonly at: number };

/** A pipeline with an id, running or on its way. */
export interface Rule extends Unsubscribable, AsyncDisposable {
  readonly id: string;
  /** True once `done` has resolved. */
  readonly closed: boolean;
  readonly status: RuleStatus;
  /** Hot, replays the newest, after the end as well; completes at the end. */
  readonly status$: Observable<RuleStatus>;
  /** Hot: what happens to its symbols, and each change of its status; completes at the end. */
  readonly events$: Observable<RuleEvent>;
  /** Resolves with the last status; never rejects. */
  readonly done: Promise<RuleStatus>;
  /** What every stage has taken, passed, dropped and holds, at this moment. */
  ledger(): Ledger;
  /**
   * Stops down the arrow: sources, operators, sinks. Rejects with `ERR_OPERATOR_OPTION` for a `timeout` that is none, and
   * has stopped nothing then; never else.
   */
  stop(options?: StopOptions): Promise<StopReport>;
  /**
   * Stops with flush and runs the body again; resolves when that has returned or thrown. Rejects with `ERR_RULE_CLOSED`. `signal`
   * ends the wait, with its reason, not the restart; one that is aborted already leaves the rule as it is.
   */
  restart(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Stops without flush and without waiting: when it returns, no operator gets another value. Never throws. */
  unsubscribe(): void;
}
