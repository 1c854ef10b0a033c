import { isBalanced, type Rule, type StageCounts } from 'rxport';

/** What a rule has counted so far. */
export interface Totals {
  readonly tuples: number;
  readonly calls: number;
  readonly alerts: number;
  readonly dropped: number;
  readonly failed: number;
  readonly balanced: boolean;
}

/** Sums over the stages of rules: sources take tuples, calls pass results, sinks pass alerts. */
export function totalsOf(...rules: readonly Rule[]): Totals {
  const stages = rules.flatMap((rule) => Object.entries(rule.ledger().stages));
  const sum = (kind: string, count: (counts: StageCounts) => number): number =>
    stages.filter(([name]) => name.startsWith(kind)).reduce((total, [, counts]) => total + count(counts), 0);
  return {
    tuples: sum('source ', ({ received }) => received),
    calls: sum('call ', ({ passed }) => passed),
    alerts: sum('sink ', ({ passed }) => passed),
    dropped: sum('', ({ dropped }) => sumOf(dropped)),
    failed: sum('', ({ failed }) => sumOf(failed)),
    balanced: stages.every(([, counts]) => isBalanced(counts)),
  };
}

const sumOf = (reasons: Readonly<Record<string, number>>): number =>
  Object.values(reasons).reduce((total, count) => total + count, 0);
