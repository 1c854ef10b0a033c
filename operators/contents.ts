/** What is kept of the values of a window, and what is emitted for it: itself one aggregate. */
import type { Aggregate, Aggregates } from './aggregates.js';
import type { Values } from './window.js';

/** Keeps every value. */
export const allValues = <T>(): Aggregate<T, T[], Values<T>> => ({
  init: () => [],
  add: (values, value) => {
    values.push(value);
    return values;
  },
  result: (values) => ({ values }),
});

/** Runs aggregates side by side; the result has the names of the aggregates. */
export function sideBySide<T>(aggregates: Aggregates<T>): Aggregate<T, unknown[], Readonly<Record<string, unknown>>> {
  const named = Object.entries(aggregates);
  return {
    init: () => named.map(([, aggregate]) => aggregate.init()),
    add: (states, value) => {
      // `as never`: each state goes back to the aggregate that it came from.
      named.forEach(([, aggregate], index) => (states[index] = aggregate.add(states[index] as never, value)));
      return states;
    },
    result: (states) =>
      Object.fromEntries(named.map(([name, aggregate], index) => [name, aggregate.result(states[index] as never)])),
  };
}
