/**
 * Prints what became of a long run, with `verdicts` when it has read levels; makes the program fail when something was not
 * as it should be.
 */
import type { Verdict } from './level.js';

export function report(
  title: string,
  verdicts: readonly Verdict[] | undefined,
  problems: readonly string[] = [],
  notes: readonly string[] = [],
  per = '1,000',
): void {
  console.log(`\n${title}`);
  if (verdicts?.length === 0) console.log('  too short to tell what is level');
  for (const { gauge, first, last, slope, level } of verdicts ?? []) {
    const figures = `${figure(first)} → ${figure(last)} ${gauge.unit}`.trimEnd();
    const rate = `${slope < 0 ? '' : '+'}${figure(slope)} per ${per}`;
    const judged = gauge.slack === undefined ? '' : level ? 'level' : `NOT LEVEL, ${figure(gauge.slack)} allowed`;
    console.log(`  ${gauge.name.padEnd(24)} ${figures.padStart(28)}  ${rate.padStart(22)}  ${judged}`.trimEnd());
  }
  for (const note of notes) console.log(`  note: ${note}`);
  for (const problem of problems) console.log(`  FAILED: ${problem}`);
  if (problems.length > 0 || (verdicts ?? []).some(({ level }) => !level)) process.exitCode = 1;
}

const figure = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 1 });
