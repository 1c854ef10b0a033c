import { operatorOption } from '../lib/errors.js';
import type { Aggregates } from './aggregates.js';
import type { Bounds, WindowOptions } from './window.js';

const NEED_AT = ['maxDelay', 'partition', 'idle', 'watermark', 'late'] as const;
const NOT_WITH_WATERMARK = ['maxDelay', 'partition', 'idle'] as const;
const FIELDS_OF_A_WINDOW: readonly string[] = ['start', 'end', 'key', 'partial'];

/** Throws `ERR_OPERATOR_OPTION` where options are out of range, or would have no effect; fills in the bounds. */
export function windowBounds<T, K>(
  operator: string,
  options: WindowOptions<T, K> & { readonly aggregate?: Aggregates<T> },
): Required<Bounds> {
  const refuse = (problem: string): never => {
    throw operatorOption(operator, problem);
  };
  const { maxDelay = 0, idle = 1, maxKeys = 10_000, maxValues = 100_000, aggregate = {} } = options;
  const isGiven = (name: keyof typeof options): boolean => options[name] !== undefined;

  if (!(maxDelay >= 0 && maxDelay < Infinity)) refuse(`maxDelay is ${maxDelay}: give milliseconds, 0 or more`);
  if (!(idle > 0 && idle < Infinity)) refuse(`idle is ${idle}: give milliseconds, more than 0`);
  for (const [name, bound] of Object.entries({ maxKeys, maxValues })) {
    if (!(bound >= 1)) refuse(`${name} is ${bound}: give a number from 1 up, or Infinity`);
  }
  for (const name of NEED_AT) {
    if (isGiven(name) && !isGiven('at')) refuse(`${name} is about event time: give at too, or leave it out`);
  }
  for (const name of NOT_WITH_WATERMARK) {
    if (isGiven(name) && isGiven('watermark'))
      refuse(`${name} is for a watermark made from the values: leave it or watermark out`);
  }
  if (isGiven('idle') && !isGiven('partition')) {
    refuse('idle lets one partition go on without another: give partition too, or leave it out');
  }
  for (const name of Object.keys(aggregate)) {
    if (FIELDS_OF_A_WINDOW.includes(name)) refuse(`aggregate ${name} has the name of a field of the window: rename it`);
  }
  return { maxKeys, maxValues };
}
