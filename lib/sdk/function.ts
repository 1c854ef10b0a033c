import type { FunctionContext } from './context.js';

/**
 * A function: called with the arguments of a call, answers the result, or a promise of it. What it throws is the error
 * of that call and of no other. `undefined` becomes null; what JSON can not hold fails the call. A channel makes one call
 * at a time, also of those that came together: an async function need not think of others.
 *
 * ```ts
 * const celsius = (kelvin: number) => kelvin - 273.15;
 * ```
 */
export type PlainFunction = Bivariant['call'];

/** A method, so that a function of numbers is one of unknown arguments. */
interface Bivariant {
  call(...args: unknown[]): unknown;
}

/**
 * A function that wants to know who calls, checks its arguments when a rule starts, or takes a whole window.
 *
 * ```ts
 * const mean: DetailedFunction = {
 *   aggregate: true,
 *   validate: (args) => (args.length === 1 ? undefined : 'mean takes one column'),
 *   exec: ([column]: [number[]]) => column.reduce((a, b) => a + b, 0) / column.length,
 * };
 * ```
 */
export interface DetailedFunction {
  exec(args: readonly unknown[], context: FunctionContext): unknown;
  /**
   * What is wrong with the arguments, or a promise of it; nothing when they are right. Only their number means anything. What
   * it throws is wrong with them, too.
   */
  validate?(args: readonly unknown[]): string | undefined | void | PromiseLike<string | undefined | void>;
  /** Each argument is then the array of a column's values. */
  readonly aggregate?: boolean;
}

export type PluginFunction = PlainFunction | DetailedFunction;
