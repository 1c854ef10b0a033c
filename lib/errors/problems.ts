import type { Errors } from 'io-ts';
import { show } from './show.js';

const MOST_PROBLEMS = 5;

/** In the words of io-ts's `PathReporter`; that one fails on a bigint or a cycle, and its text has no bound. */
export function problemsOf(errors: Errors): readonly string[] {
  const problems = errors.slice(0, MOST_PROBLEMS).map(({ value, context, message }) => {
    const path = context.map(({ key, type }) => `${key}: ${type.name}`).join('/');
    return message ?? `Invalid value ${show(value)} supplied to ${path}`;
  });
  const more = errors.length - problems.length;
  return more > 0 ? [...problems, `and ${more} more`] : problems;
}
