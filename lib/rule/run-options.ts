import type { Clock } from '../clock.js';
import type { RxportError } from '../errors.js';
import type { Stage, StageHooks, StageKind } from '../stage.js';
import type { SymbolEvent } from '../symbol/owner.js';

/** What a run asks of its rule. */
export interface RunOptions {
  readonly ruleId: string;
  /** What the texts of errors call it; default `rule <id>`. */
  readonly title?: string;
  readonly clock: Clock;
  /** Milliseconds for the flush of a stop that does not say; default 5,000. */
  readonly flushTimeout?: number | undefined;
  readonly opId: () => string;
  /** The id of a call position, stable over runs. */
  readonly callId: (position: string) => string;
  readonly stage: (kind: StageKind, name: string, depth?: () => number, hooks?: StageHooks) => Stage;
  readonly report: (event: SymbolEvent) => void;
  readonly missing: (labels: readonly string[]) => void;
  /** The first error of the run. */
  readonly failed: (error: RxportError) => void;
}

export interface StopPlan {
  readonly flush: boolean;
  /** Milliseconds that the flush may take; default as the run has it. */
  readonly timeout?: number | undefined;
}
