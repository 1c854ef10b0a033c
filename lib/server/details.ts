import type { RxportError } from '../errors.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How deep what is told may nest, and how many a list of it may have. */
const DEPTH = 4;
const MOST = 100;

/** An absolute path, at the beginning of a text or in it; not the one of an `http://…`. */
const PATH = /(?:^|[^\w./-])\/[^\s/]|file:\/\//;

/**
 * The facts behind an error, as they may leave the machine: what JSON can say, and no path that `said`, the text that
 * goes with it, does not name. undefined when nothing is left.
 */
export function detailsOf({ details }: RxportError, said: string): Readonly<Record<string, Json>> | undefined {
  const told = entriesOf(details, said, DEPTH);
  return Object.keys(told).length === 0 ? undefined : told;
}

const entriesOf = (record: object, said: string, depth: number): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    Object.entries(record).flatMap(([key, value]: [string, unknown]) => {
      const told = asJson(value, said, depth - 1);
      return told === undefined ? [] : [[key, told]];
    }),
  );

function asJson(value: unknown, said: string, depth: number): Json | undefined {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value === 'string') return PATH.test(value) && !said.includes(value) ? undefined : value;
  if (typeof value !== 'object' || depth === 0) return undefined;
  if (Array.isArray(value)) return value.slice(0, MOST).flatMap((one) => asJson(one, said, depth - 1) ?? []);
  return isPlain(value) ? entriesOf(value, said, depth) : undefined;
}

/** Not an error, a buffer, a map: of what has a class nobody knows what it holds. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};
