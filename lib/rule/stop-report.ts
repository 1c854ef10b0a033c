import type { StopReport } from './rule.js';

type Counts = Readonly<Record<string, number>>;

/** What of `after`, drops by reason, was not there `before`. */
export function stopReport(after: Counts, before: Counts): StopReport {
  const dropped = Object.fromEntries(
    Object.entries(after)
      .map(([reason, count]) => [reason, count - (before[reason] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
  return { drained: Object.keys(dropped).length === 0, dropped };
}
