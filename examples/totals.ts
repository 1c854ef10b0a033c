import { isBalanced, type LedgerStage, type Rule, type StageKind } from 'rxport';

/** What a rule has counted so far. */
export interface Totals {
  readonly tuples: number;
  readonly calls: number;
  readonly alerts: number;
  readonly dropped: number;
  /** How many of these by which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly balanced: boolean;
}

/** Sums over the stages of rules: sources take tuples, calls pass results, sinks pass alerts. */
export function totalsOf(...rules: readonly Rule[]): Totals {
  const stages = rules.flatMap((rule) => Object.values(rule.ledger().stages));
  const of = (kind: StageKind): readonly LedgerStage[] => stages.filter((stage) => stage.kind === kind);
  return {
    tuples: sum(of('source'), ({ received }) => received),
    calls: sum(of('call'), ({ passed }) => passed),
    alerts: sum(of('sink'), ({ passed }) => passed),
    dropped: sum(stages, ({ dropped }) => sum(Object.values(dropped), (count) => count)),
    reasons: reasonsOf(stages),
    failed: sum(stages, ({ failed }) => sum(Object.values(failed), (count) => count)),
    balanced: stages.every(isBalanced),
  };
}

function reasonsOf(stages: readonly LedgerStage[]): Readonly<Record<string, number>> {
  const reasons: Record<string, number> = {};
  for (const { dropped } of stages)
    for (const [reason, count] of Object.entries(dropped)) reasons[reason] = (reasons[reason] ?? 0) + count;
  return reasons;
}

const sum = <T>(values: readonly T[], count: (value: T) => number): number =>
  values.reduce((total, value) => total + count(value), 0);
