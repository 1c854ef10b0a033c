/** mangos closes a connection without a word on a larger message, and the Go SDK never raises its default. */
export const STOCK_GO_LIMIT = 1024 * 1024;

/** Milliseconds until an unanswered START or STOP restarts the process. */
export const START_TIMEOUT = 30_000;
export const STOP_TIMEOUT = 5_000;

/** Of two limits, either of which may not be there. */
export const lowerOf = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
