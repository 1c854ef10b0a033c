/**
 * Takes values that leave the main path: a callback, or anything with `next` such as a `Subject` or a sink.
 *
 * Several streams may share one, so it is never completed and never gets an error.
 */
export type Late<T> = { next(value: T): void } | ((value: T) => void);

export const handTo = <T>(late: Late<T>): ((value: T) => void) =>
  typeof late === 'function' ? late : (value) => late.next(value);
