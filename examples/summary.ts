import type { Rule } from 'rxport';
import type { Processes } from './processes.js';
import { totalsOf } from './totals.js';

export interface Ended {
  readonly rules: readonly Rule[];
  readonly elapsed: number;
  /** Milliseconds from the start of the host; undefined when none came. */
  readonly firstTuple: number | undefined;
  readonly alerts: string;
  readonly processes: Processes;
}

/** What came of it, line by line, and whether all is well. */
export function summarise({ rules, elapsed, firstTuple, alerts, processes }: Ended): {
  readonly lines: readonly string[];
  readonly ok: boolean;
} {
  const { tuples, calls, alerts: sent, dropped, reasons, failed, balanced } = totalsOf(...rules);
  const left = processes.left();
  const perRule = rules.map((rule) => `${rule.id} ${totalsOf(rule).tuples}`).join(', ');
  const gone = left.length === 0 ? 'all gone' : `still there: ${left.join(', ')}`;
  const errors = rules.flatMap(({ id, status }) =>
    status.phase === 'failed' ? [`${id}: ${status.error.message}`] : [],
  );
  const lines = [
    `ran           ${(elapsed / 1_000).toFixed(1)} s`,
    `tuples in     ${tuples} (${perRule})`,
    `calls         ${calls}`,
    `alerts out    ${sent}, in ${alerts}`,
    `dropped       ${dropped}${why(reasons)}`,
    `failed        ${failed}`,
    `ledger        ${balanced ? 'in balance' : 'NOT in balance'}`,
    `first tuple   ${firstTuple === undefined ? 'none' : `${firstTuple.toFixed(0)} ms after the start of the host`}`,
    `processes     ${processes.count} of plugins, looked for: ${gone}`,
    ...errors.map((error) => `error         ${error}`),
  ];
  // What was dropped has a reason, and was counted: a data set that begins anew after a crash is late, say.
  const ok = balanced && failed === 0 && left.length === 0 && errors.length === 0;
  return { lines, ok };
}

/** ` (late 620)` */
function why(reasons: Readonly<Record<string, number>>): string {
  const parts = Object.entries(reasons).map(([reason, count]) => `${reason} ${count}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
