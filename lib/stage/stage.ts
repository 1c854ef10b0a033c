import type { RxportError } from '../errors.js';
import type { Gauge } from './pressure.js';
import type { Weights } from './weights.js';

/** At every moment, inside functions of the user too: `received = passed + Σ dropped + Σ failed + inFlight`. */
export interface StageCounts {
  readonly received: number;
  readonly passed: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly failed: Readonly<Record<string, number>>;
  readonly inFlight: number;
}

/** What counts there: a symbol of a plugin, a stream that rules share, or an operator that holds values. */
export type StageKind = 'source' | 'share' | 'call' | 'sink' | 'queue' | 'window';

/** What a stage tells its rule as it happens. */
export interface StageHooks {
  readonly gauge?: Gauge | undefined;
  /** What the values count for that come to the rule now. */
  readonly scale?: Weights | undefined;
  /** So many values were dropped that nobody wanted to lose: they found its queue full, say. */
  readonly dropped?: ((reason: string, count: number) => void) | undefined;
  /** A value came to nothing. */
  readonly failed?: ((error: RxportError) => void) | undefined;
}

/** Counters of one place. `received` and `passed` are plain fields because the hot path increments them. */
export class Stage {
  received = 0;
  passed = 0;
  /** How often its symbol was started again. */
  restarts = 0;
  /** How often it was held back because the rule had more than it can work off. */
  pauses = 0;
  /** The most values that have waited here at once. */
  peak = 0;
  /** Nothing is counted here any more. */
  ended = false;
  private isStarted = false;
  private readonly dropped = new Map<string, number>();
  private readonly failed = new Map<string, number>();

  /** `depth` counts what the stage holds; it is asked, never derived from the other counters. */
  constructor(
    readonly kind: StageKind,
    readonly name: string,
    private readonly depth: () => number = () => 0,
    private readonly hooks: StageHooks = {},
  ) {}

  /** What the values count for that come now. */
  get scale(): Weights | undefined {
    return this.hooks.scale;
  }

  /** A process runs its symbol: for the first time, or again. */
  started(): void {
    if (this.isStarted) this.restarts += 1;
    this.isStarted = true;
  }

  /** So many values wait here now; told after each change, on its tick. */
  weigh(waiting: number): void {
    if (waiting > this.peak) this.peak = waiting;
    this.hooks.gauge?.set(waiting);
  }

  drop(reason: string, count = 1): void {
    add(this.dropped, reason, count);
  }

  overflow(count: number): void {
    this.drop('overflow', count);
    this.hooks.dropped?.('overflow', count);
  }

  /** Its plugin has dropped so many, which would have come. */
  missed(count: number): void {
    this.received += count;
    this.drop('plugin', count);
    this.hooks.dropped?.('plugin', count);
  }

  fail(reason: string, count = 1): void {
    add(this.failed, reason, count);
  }

  /** Counts a value under the code of `error`, and tells the rule of it: for an operator, which knows no rule. */
  failWith(error: RxportError): void {
    this.fail(error.code);
    this.hooks.failed?.(error);
  }

  /** How many values have come to something here; one that found the queue full has not. */
  get worked(): number {
    const { dropped, failed } = this.counts();
    return this.passed + sum(dropped) - (dropped['overflow'] ?? 0) + sum(failed);
  }

  end(): void {
    this.ended = true;
    this.hooks.gauge?.set(0);
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

export const isBalanced = (counts: StageCounts): boolean =>
  counts.received === counts.passed + sum(counts.dropped) + sum(counts.failed) + counts.inFlight;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

function add(counts: Map<string, number>, reason: string, count: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + count);
}
