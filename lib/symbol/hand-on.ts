import type { Outlet } from '../stage.js';
import type { Place } from './owner.js';

export type TupleMeta = Readonly<Record<string, unknown>>;
/** What a subscriber gets for a tuple. */
export type ValueOf<T> = (message: T, meta: TupleMeta) => unknown;

/** A value of a source goes on; what comes to the queues of its rule meanwhile counts for what its tuples do. */
export function handOn<T>({ weights, weight }: Place, outlet: Outlet<T>, value: T): void {
  // One source may let another one go on.
  const { own } = weights;
  weights.own = weight;
  outlet.next(value);
  weights.own = own;
}
