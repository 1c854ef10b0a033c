import type { Ledger } from '../rule/ledger.js';

/** What a rule has done so far, over all its stages. */
export interface Totals {
  /** Read from its sources. */
  readonly in: number;
  /** Handed on by its sinks; undefined for a rule without one. */
  readonly out: number | undefined;
  readonly dropped: number;
  readonly failed: number;
  readonly held: number;
}

export function totalsOf({ stages }: Ledger): Totals {
  const all = Object.values(stages);
  const sum = (of: (stage: (typeof all)[number]) => number, kind?: string): number =>
    all.reduce((total, stage) => (kind === undefined || stage.kind === kind ? total + of(stage) : total), 0);
  return {
    in: sum(({ received }) => received, 'source'),
    out: all.some(({ kind }) => kind === 'sink') ? sum(({ passed }) => passed, 'sink') : undefined,
    dropped: sum(({ dropped }) => each(dropped)),
    failed: sum(({ failed }) => each(failed)),
    held: sum(({ inFlight }) => inFlight),
  };
}

const each = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, one) => total + one, 0);

/** How much a count grows in a second, over the last one. */
export class Rate {
  private seen: readonly { readonly at: number; readonly value: number }[] = [];

  /** Told a count at a time, answers its growth; 0 at first. */
  of(value: number, at: number): number {
    const recent = this.seen.filter((one) => at - one.at <= WINDOW);
    const oldest = recent[0] ?? this.seen.at(-1);
    this.seen = [...recent, { at, value }];
    return oldest === undefined || at <= oldest.at ? 0 : ((value - oldest.value) / (at - oldest.at)) * 1_000;
  }
}

/** Milliseconds. */
const WINDOW = 1_000;
