/** What the ledger of a rule says of a flood that goes through it. */
import type { Rule } from '../../../lib/index.js';
import { measureFlow } from '../measure.js';
import type { Sample } from '../result.js';

/** Tuples that have left a rule, per branch. */
export function delivered(rule: Rule): number {
  const ends = endsOf(rule);
  return ends.reduce((sum, { passed }) => sum + passed, 0) / ends.length;
}

/** The rate at which tuples leave a rule, and which part of those that came in was dropped on the way, or came to nothing. */
export async function measureRule(rule: Rule, seconds: number, bytes: number): Promise<Sample> {
  let before = totals(rule);
  const sample = await measureFlow(
    seconds,
    bytes,
    () => delivered(rule),
    () => (before = totals(rule)),
  );
  const after = totals(rule);
  const { balanced, stages } = rule.ledger();
  if (!balanced) throw new Error(`unbalanced: ${JSON.stringify(stages)}`);
  return { ...sample, 'lost %': ((after.lost - before.lost) / (after.received - before.received)) * 100 };
}

function totals(rule: Rule): { readonly received: number; readonly lost: number } {
  const stages = stagesOf(rule);
  const received = stages.filter(({ kind }) => kind === 'source').reduce((sum, { received }) => sum + received, 0);
  const branches = endsOf(rule).length;
  const counts = stages.flatMap(({ dropped, failed }) => [...Object.values(dropped), ...Object.values(failed)]);
  return { received, lost: counts.reduce((sum, count) => sum + count, 0) / branches };
}

/** Its sinks, or the calls of one that has none. */
function endsOf(rule: Rule) {
  const sinks = stagesOf(rule).filter(({ kind }) => kind === 'sink');
  return sinks.length > 0 ? sinks : stagesOf(rule).filter(({ kind }) => kind === 'call');
}

const stagesOf = (rule: Rule) => Object.values(rule.ledger().stages);
