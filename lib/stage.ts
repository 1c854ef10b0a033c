/**
 * Stages: the places that count tuples. A rule opens a scope around its body; an operator finds that scope when it is
 * subscribed, and works without one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** At every moment between ticks: `received = passed + Σ dropped + Σ failed + inFlight`. */
export interface StageCounts {
  readonly received: number;
  readonly passed: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly inFlight: number;
}

/** What counts there: a symbol of a plugin, or an operator that holds values. */
export type StageKind = 'source' | 'call' | 'sink' | 'queue' | 'window';

/** Counters of one place. `received` and `passed` are plain fields because the hot path increments them. */
export class Stage {
  received = 0;
  passed = 0;
  /** How often its symbol was started again. */
  restarts = 0;
  private isStarted = false;
  private readonly dropped = new Map<string, number>();
  private readonly failed = new Map<string, number>();

  /** `depth` counts what the stage holds; it is asked, never derived from the other counters. */
  constructor(
    readonly kind: StageKind,
    readonly name: string,
    private readonly depth: () => number = () => 0,
  ) {}

  /** A process runs its symbol: for the first time, or again. */
  started(): void {
    if (this.isStarted) this.restarts += 1;
    this.isStarted = true;
  }

  drop(reason: string, count = 1): void {
    add(this.dropped, reason, count);
  }

  fail(reason: string, count = 1): void {
    add(this.failed, reason, count);
  }

  counts(): StageCounts {
    return {
      received: this.received,
      passed: this.passed,
      dropped: Object.fromEntries(this.dropped),
      failed: Object.fromEntries(this.failed),
      inFlight: this.depth(),
    };
  }
}

/** What an operator finds of the rule it runs in. */
export interface StageScope {
  /** A stage of the rule; `depth` counts what it holds. */
  stage(kind: StageKind, name: string, depth?: () => number): Stage;
}

const scopes = new AsyncLocalStorage<StageScope>();

export const withScope = <T>(scope: StageScope, work: () => T): T => scopes.run(scope, work);

/** The rule that is being built or subscribed now, if any. Ask at subscription, not when a value arrives. */
export const currentScope = (): StageScope | undefined => scopes.getStore();

export const isBalanced = (counts: StageCounts): boolean =>
  counts.received === counts.passed + sum(counts.dropped) + sum(counts.failed) + counts.inFlight;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

function add(counts: Map<string, number>, reason: string, count: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + count);
}
