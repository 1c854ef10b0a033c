/** Durations: numbers of milliseconds, as users give them. */
import { operatorOption, showJson } from './errors.js';

/** The longest that a timer of Node takes; a longer one fires at once. */
export const LONGEST = 2 ** 31 - 1;

export interface DurationRange {
  /** Whether 0 is one. */
  readonly zero: boolean;
  /** Whether `Infinity` is one: no deadline. */
  readonly endless: boolean;
}

/** How long something may take that takes its time: not 0. */
export const DEADLINE: DurationRange = { zero: false, endless: true };
/** How long to wait: 0 is not at all. */
export const WAIT: DurationRange = { zero: true, endless: true };

/** What is wrong with a duration; undefined when nothing is. */
export function durationProblem(value: unknown, { zero, endless }: DurationRange): string | undefined {
  const isOne = typeof value === 'number' && (value > 0 || (zero && value === 0));
  if (!isOne) return `${shown(value)} is no number of milliseconds ${zero ? 'from 0' : 'above 0'}`;
  if (value <= LONGEST || (endless && value === Infinity)) return undefined;
  return `${value} is more than ${LONGEST}${endless ? ': give Infinity for none' : ', the longest wait there is'}`;
}

/** Throws `ERR_OPERATOR_OPTION`; `where` is who was given the option. */
export function checkDuration(where: string, option: string, value: unknown, range: DurationRange): void {
  const problem = durationProblem(value, range);
  if (problem !== undefined) throw operatorOption(where, `${option} ${problem}`);
}

const shown = (value: unknown): string => (typeof value === 'number' ? `${value}` : showJson(value));
