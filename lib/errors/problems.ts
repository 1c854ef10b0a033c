import { type ContextEntry, type Errors, IntersectionType, type ValidationError } from 'io-ts';
import { show } from './show.js';

const MOST_PROBLEMS = 5;

/** In the words of io-ts's `PathReporter`; that one fails on a bigint or a cycle, and its text has no bound. */
export const problemsOf = (errors: Errors): readonly string[] =>
  atMost(errors, ({ value, context, message }) => {
    const path = context.map(({ key, type }) => `${key}: ${type.name}`).join('/');
    return message ?? `Invalid value ${show(value)} supplied to ${path}`;
  });

/** Each with the name of its setting, as its user writes it: `zipLimits.entries`. */
export const settingProblems = (errors: Errors): readonly string[] =>
  atMost(errors, ({ value, context, message }) => {
    const names = context.filter(({ key }, i) => key !== '' && !isPart(context[i - 1])).map(({ key }) => key);
    const text = message ?? `${show(value)} is no ${context.at(-1)?.type.name}`;
    return names.length === 0 ? text : `${names.join('.')}: ${text}`;
  });

/** The keys below an intersection are those of its parts. */
const isPart = (above: ContextEntry | undefined): boolean => above?.type instanceof IntersectionType;

function atMost(errors: Errors, textOf: (error: ValidationError) => string): readonly string[] {
  const problems = errors.slice(0, MOST_PROBLEMS).map(textOf);
  const more = errors.length - problems.length;
  return more > 0 ? [...problems, `and ${more} more`] : problems;
}
