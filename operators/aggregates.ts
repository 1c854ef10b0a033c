/**
 * A fold of the values of one window: `init` once, `add` per value, `result` when the window is emitted. Say of what type
 * the state and the value are, `add: (sum: number, { celsius }: Reading) => sum + celsius`: nothing tells the compiler.
 */
export interface Aggregate<T, S, R> {
  /** A new state; never shared between windows, so `add` may change it in place. */
  readonly init: () => S;
  readonly add: (state: S, value: T) => S;
  /** The state of both parts, for windows that are put together from smaller ones. */
  readonly merge?: (a: S, b: S) => S;
  readonly result: (state: S) => R;
}

/** An aggregate of whatever state. */
export interface AnyAggregate<T, R = unknown> {
  readonly init: () => unknown;
  readonly add: (state: never, value: T) => unknown;
  readonly result: (state: never) => R;
}

/** Aggregates by the name that their result gets in the window. */
export type Aggregates<T> = Readonly<Record<string, AnyAggregate<T>>>;

/** What the aggregates give; `unknown` for one whose state has no type of its own. */
export type Results<A> = {
  readonly [Name in keyof A]: A[Name] extends { readonly result: (state: never) => infer R } ? Known<R> : never;
};

type Known<R> = [R] extends [never] ? unknown : R;
