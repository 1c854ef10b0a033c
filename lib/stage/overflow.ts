import { operatorOption } from '../errors.js';
import type { Marks } from './pressure.js';
import type { Queue } from './queue.js';

/** What happens to a value that finds its queue full. */
export interface Overflow {
  /** How many values wait at most; default 10,000. */
  readonly size: number;
  /** `latest` keeps only the newest value, whatever `size` says; default `drop-oldest`. */
  readonly policy: 'drop-oldest' | 'drop-newest' | 'latest' | 'error';
  /**
   * While more values wait than this, the plugin sources of the rule are paced: less than `size`, by default three quarters
   * of it, 1,000 at most. `Infinity`, the default of `latest`, never paces them.
   */
  readonly high?: number;
  /** They flow again when no queue of the rule holds more than this; default a quarter of `high`. */
  readonly low?: number;
}

export const DEFAULT_OVERFLOW: Overflow = { size: 10_000, policy: 'drop-oldest' };

/** What `admit` did: how many it dropped, and whether the policy wants the stream to end with an error. */
export interface Admission {
  readonly dropped: number;
  readonly failed: boolean;
}

const POLICIES: ReadonlySet<Overflow['policy']> = new Set(['drop-oldest', 'drop-newest', 'latest', 'error']);

const TAKEN: Admission = { dropped: 0, failed: false };
const DROPPED: Admission = { dropped: 1, failed: false };
const REFUSED: Admission = { dropped: 1, failed: true };

/** The policy as given, or the default one. Throws `ERR_OPERATOR_OPTION`; `prefix` is where the options are. */
export function checkOverflow(where: string, overflow: Overflow = DEFAULT_OVERFLOW, prefix = 'queue.'): Overflow {
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

/** Puts `value` into `queue` as the policy has it. */
export function admit<T>(
  queue: Pick<Queue<T>, 'length' | 'push' | 'shift' | 'clear'>,
  value: T,
  { size, policy }: Overflow,
): Admission {
  if (policy === 'latest') {
    const dropped = queue.length === 0 ? 0 : queue.clear();
    queue.push(value);
    return dropped === 0 ? TAKEN : { dropped, failed: false };
  }
  if (queue.length < size) {
    queue.push(value);
    return TAKEN;
  }
  if (policy === 'error') return REFUSED;
  if (policy === 'drop-newest') return DROPPED;
  queue.shift();
  queue.push(value);
  return DROPPED;
}

/** Low enough that values do not grow old in a queue, high enough that the sources are not stopped all the time. */
const HIGH = 1_000;

/** When a queue asks for a pause. */
export function marksOf({ size, policy, ...given }: Overflow): Marks {
  const high = given.high ?? (policy === 'latest' ? Infinity : Math.min(Math.floor((size * 3) / 4), HIGH));
  return { high, low: given.low ?? Math.floor(high / 4) };
}
