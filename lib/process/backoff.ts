/** How long to wait before trying again: `delay × 2^attempt` up to `maxDelay`, give or take `jitter` of it. */
export interface Backoff {
  /** Milliseconds before the first retry. */
  readonly delay: number;
  /** Milliseconds that no wait exceeds, jitter apart. */
  readonly maxDelay: number;
  /** Share of the wait that chance may add or take away, 0 to 1. */
  readonly jitter: number;
}

/** `attempt` counts from 1; `chance` is in [0, 1). */
export function backoffDelay({ delay, maxDelay, jitter }: Backoff, attempt: number, chance: number): number {
  const base = Math.min(delay * 2 ** (attempt - 1), maxDelay);
  return Math.round(base * (1 + jitter * (2 * chance - 1)));
}
