import { isBalanced, Stage, type StageCounts, type StageHooks, type StageKind } from '../stage.js';

/** What one stage has counted, and which stage that is. */
export interface LedgerStage extends StageCounts {
  readonly kind: StageKind;
  /** The symbol, or the operator: the same for every stage of that name, without the number that keys have. */
  readonly name: string;
  /** How often its symbol was started again: after a crash, for an update, or because it had ended by itself. */
  readonly restarts: number;
  /** How often a source was held back because the rule had more than it can work off. */
  readonly pauses: number;
  /** The most values that have waited there at once. */
  readonly peak: number;
}

/** The counters of a rule, over all its runs. */
export interface Ledger {
  /** By `kind name`, numbered from the second on: `source random`, `call echo`, `sink file`, `sink file 2`. */
  readonly stages: Readonly<Record<string, LedgerStage>>;
  /** True when every stage balances: `received = passed + Σ dropped + Σ failed + inFlight`. */
  readonly balanced: boolean;
}

/** Keeps the stages of the current run, and the sums of the runs before it. */
export class LedgerBook {
  private readonly past = new Map<string, LedgerStage>();
  private current = new Map<string, Stage>();

  stage(kind: StageKind, name: string, depth?: () => number, hooks?: StageHooks): Stage {
    const stage = new Stage(kind, name, depth, hooks);
    this.current.set(this.keyFor(`${kind} ${name}`), stage);
    return stage;
  }

  /** The run is over: its counters become part of the past. */
  fold(): void {
    for (const [key, stage] of this.current) this.past.set(key, since(this.past.get(key), stage));
    this.current = new Map();
  }

  read(): Ledger {
    const stages = new Map(this.past);
    for (const [key, stage] of this.current) stages.set(key, since(stages.get(key), stage));
    return { stages: Object.fromEntries(stages), balanced: [...stages.values()].every(isBalanced) };
  }

  /** Everything dropped so far, by reason. */
  dropped(): Readonly<Record<string, number>> {
    return Object.values(this.read().stages).reduce((sum, { dropped }) => addEach(sum, dropped), {});
  }

  /** Of a stage that has ended the key is free: a call in a `switchMap` is subscribed again and again. */
  private keyFor(name: string): string {
    let key = name;
    for (let number = 2; ; number += 1) {
      const holder = this.current.get(key);
      if (holder === undefined) return key;
      if (holder.ended) {
        this.past.set(key, since(this.past.get(key), holder));
        return key;
      }
      key = `${name} ${number}`;
    }
  }
}

function since(past: LedgerStage | undefined, stage: Stage): LedgerStage {
  const counts = stage.counts();
  const { kind, name } = stage;
  const restarts = (past?.restarts ?? 0) + stage.restarts;
  const pauses = (past?.pauses ?? 0) + stage.pauses;
  const peak = Math.max(past?.peak ?? 0, stage.peak);
  return { kind, name, restarts, pauses, peak, ...(past === undefined ? counts : add(past, counts)) };
}

const add = (a: StageCounts, b: StageCounts): StageCounts => ({
  received: a.received + b.received,
  passed: a.passed + b.passed,
  dropped: addEach(a.dropped, b.dropped),
  failed: addEach(a.failed, b.failed),
  inFlight: a.inFlight + b.inFlight,
});

type Counts = Readonly<Record<string, number>>;

function addEach(a: Counts, b: Counts): Counts {
  const sum: Record<string, number> = { ...a };
  for (const [reason, count] of Object.entries(b)) sum[reason] = (sum[reason] ?? 0) + count;
  return sum;
}
