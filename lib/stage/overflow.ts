import { operatorOption } from '../errors.js';
import type { Marks } from './pressure.js';

/** What happens to a value that finds its queue full. */
export interface Overflow {
  /**
   * How many values wait at most, however large they are. Where none is given, 10,000, or as many as 160 million characters
   * hold: a tuple that is larger than 16 KiB counts for as many as it is larger, and so does what is made of it.
   */
  readonly size: number;
  /** `latest` keeps only the newest value, whatever `size` says; default `drop-oldest`. */
  readonly policy: 'drop-oldest' | 'drop-newest' | 'latest' | 'error';
  /**
   * While more values wait than this, the plugin sources of the rule are paced: less than `size`, by default three quarters
   * of it, 1,000 at most. While tuples of the rule are larger than 16 KiB each value counts for as many as the largest of
   * them is larger. `Infinity`, the default of `latest`, never paces them.
   */
  readonly high?: number;
  /** They flow again when no queue of the rule holds more than this; default a quarter of `high`. */
  readonly low?: number;
}

/** As a queue has it. */
export interface CheckedOverflow extends Overflow {
  /** Nobody has asked for this size: large values count for more than one. */
  readonly byWeight?: boolean;
}

export const DEFAULT_OVERFLOW: CheckedOverflow = { size: 10_000, policy: 'drop-oldest', byWeight: true };

const POLICIES: ReadonlySet<Overflow['policy']> = new Set(['drop-oldest', 'drop-newest', 'latest', 'error']);

/** The policy as given, or the default one. Throws `ERR_OPERATOR_OPTION`; `prefix` is where the options are. */
export function checkOverflow(
  where: string,
  overflow: CheckedOverflow = DEFAULT_OVERFLOW,
  prefix = 'queue.',
): CheckedOverflow {
  const { size, policy } = overflow;
  if (!POLICIES.has(policy))
    throw operatorOption(where, `${prefix}policy ${policy} is none of ${[...POLICIES].join(', ')}`);
  if (policy !== 'latest' && !(Number.isInteger(size) && size > 0))
    throw operatorOption(where, `${prefix}size ${size} is no whole number from 1`);
  const { high, low } = marksOf(overflow);
  if (!(high >= 0)) throw operatorOption(where, `${prefix}high ${high} is no number from 0`);
  const most = policy === 'latest' ? 1 : size;
  if (high >= most && high !== Infinity)
    throw operatorOption(
      where,
      `${prefix}high ${high} is not below ${most}, the most that wait: give Infinity to leave the sources alone`,
    );
  if (high === Infinity && low !== Infinity)
    throw operatorOption(
      where,
      `${prefix}low ${low} means nothing where ${prefix}high is Infinity: give both or neither`,
    );
  if (!(low >= 0 && low <= high))
    throw operatorOption(where, `${prefix}low ${low} is not between 0 and ${prefix}high ${high}`);
  return overflow;
}

/** Low enough that values do not grow old in a queue, high enough that the sources are not stopped all the time. */
const HIGH = 1_000;

/** When a queue asks for a pause. */
export function marksOf({ size, policy, ...given }: Overflow): Marks {
  const high = given.high ?? (policy === 'latest' ? Infinity : Math.min(Math.floor((size * 3) / 4), HIGH));
  return { high, low: given.low ?? Math.floor(high / 4) };
}
