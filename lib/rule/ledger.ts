import { isBalanced, Stage, type StageCounts, type StageKind } from '../stage.js';

/** The counters of a rule, over all its runs. */
export interface Ledger {
  /** By `kind name`, numbered from the second on: `source random`, `call echo`, `sink file`, `sink file 2`. */
  readonly stages: Readonly<Record<string, StageCounts>>;
  /** True when every stage balances: `received = passed + Σ dropped + Σ failed + inFlight`. */
  readonly balanced: boolean;
}

const EMPTY: StageCounts = { received: 0, passed: 0, dropped: {}, failed: {}, inFlight: 0 };

/** Keeps the stages of the current run, and the sums of the runs before it. */
export class LedgerBook {
  private readonly past = new Map<string, StageCounts>();
  private current = new Map<string, Stage>();

  stage(kind: StageKind, name: string, depth?: () => number): Stage {
    const stage = new Stage(kind, name, depth);
    this.current.set(this.keyFor(`${kind} ${name}`), stage);
    return stage;
  }

  /** The run is over: its counters become part of the past. */
  fold(): void {
    for (const [key, stage] of this.current) this.past.set(key, add(this.past.get(key) ?? EMPTY, stage.counts()));
    this.current = new Map();
  }

  read(): Ledger {
    const stages = new Map(this.past);
    for (const [key, stage] of this.current) stages.set(key, add(stages.get(key) ?? EMPTY, stage.counts()));
    return { stages: Object.fromEntries(stages), balanced: [...stages.values()].every(isBalanced) };
  }

  /** Everything dropped so far, by reason. */
  dropped(): Readonly<Record<string, number>> {
    return Object.values(this.read().stages).reduce((sum, { dropped }) => addEach(sum, dropped), {});
  }

  private keyFor(key: string): string {
    if (!this.current.has(key)) return key;
    let number = 2;
    while (this.current.has(`${key} ${number}`)) number += 1;
    return `${key} ${number}`;
  }
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
