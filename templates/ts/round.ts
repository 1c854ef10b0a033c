import type { DetailedFunction } from 'rxport/sdk';

/** round(value, digits): the value with so many digits after the point. */
export const round: DetailedFunction = {
  validate: (args) =>
    args.length === 2 ? undefined : `round takes a value and a number of digits, not ${args.length}`,
  exec([value, digits]) {
    if (typeof value !== 'number' || typeof digits !== 'number') {
      throw new TypeError(`round: got ${JSON.stringify([value, digits])}: give two numbers`);
    }
    return Math.round(value * 10 ** digits) / 10 ** digits;
  },
};
