import { checkDuration, LONGEST, WAIT } from '../duration.js';
import { type ErrorCode, operatorOption, type RxportError } from '../errors.js';

/** When a rule whose run ended with an error runs again. */
export interface RestartPolicy {
  /** Milliseconds before the first restart; default 1,000. It doubles with each one. */
  readonly delay: number;
  /** Milliseconds that no wait exceeds; default 30,000, `Infinity` for no limit. */
  readonly maxDelay: number;
  /** How many restarts in a row are tried; default without end. */
  readonly attempts: number;
}

export const DEFAULT_RESTART: RestartPolicy = { delay: 1_000, maxDelay: 30_000, attempts: Infinity };

/** A run that lasted so many milliseconds starts the policy anew. */
const HEALTHY_AFTER = 60_000;

/** Of a millisecond they make more than the longest wait; of 0, which stays 0, never too many for a number. */
const MOST_DOUBLINGS = 31;

/** Mistakes in the rule itself, and a host that has ended: to run the body again would change nothing. */
const LASTING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ERR_NAME_INVALID',
  'ERR_SYMBOL_UNKNOWN',
  'ERR_CONF_KEY_UNKNOWN',
  'ERR_CONFIG_INVALID',
  'ERR_OPERATOR_OPTION',
  'ERR_ADDRESS_TOO_LONG',
  'ERR_CALL_INVALID',
  'ERR_SINK_SHARED',
  'ERR_RULE_BRANCH_UNTRACKED',
  'ERR_RULE_CLOSED',
  'ERR_SHARE_CIRCLE',
  'ERR_HOST_STOPPED',
]);

/** Throws `ERR_OPERATOR_OPTION`. */
export function checkRestart(rule: string, policy: RestartPolicy | 'never'): void {
  if (policy === 'never') return;
  const where = `rule ${rule}`;
  checkDuration(where, 'restart.delay', policy.delay, { zero: true, endless: false });
  checkDuration(where, 'restart.maxDelay', policy.maxDelay, WAIT);
  const { attempts } = policy;
  if (!(attempts === Infinity || (Number.isInteger(attempts) && attempts >= 0)))
    throw operatorOption(where, `restart.attempts ${attempts} is no whole number from 0`);
}

/** Which restart comes next and how long to wait for it; undefined when none does. */
export function nextRestart(
  policy: RestartPolicy | 'never',
  error: RxportError,
  run: { readonly attempt: number; readonly lasted: number },
): { readonly attempt: number; readonly wait: number } | undefined {
  if (policy === 'never' || LASTING.has(error.code)) return undefined;
  const attempt = run.lasted >= HEALTHY_AFTER ? 1 : run.attempt + 1;
  if (attempt > policy.attempts) return undefined;
  const doubled = policy.delay * 2 ** Math.min(attempt - 1, MOST_DOUBLINGS);
  return { attempt, wait: Math.min(doubled, policy.maxDelay, LONGEST) };
}
