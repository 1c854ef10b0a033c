/**
 * A stopped sink of the Go SDK keeps more than one core busy until its process ends. One in which nothing else runs is
 * started anew at once; one that rules still use when some sinks spin in it, and seldom, since its sources start anew too.
 */

/** So many cores are worth a new process. */
const MANY = 3;
/** Milliseconds between two of them. */
export const RENEWAL_GAP = 60_000;

export interface Spinning {
  /** Stopped sinks in the process. */
  readonly sinks: number;
  /** No rule has anything in it. */
  readonly idle: boolean;
  /** Milliseconds since a process that was in use was last started anew. */
  readonly since: number;
}

/** `recycle`: end it, then start it; `renew`: a second process takes everything over, then the first one ends. */
export type Remedy =
  { readonly do: 'nothing' | 'recycle' | 'renew' } | { readonly do: 'wait'; /** Milliseconds. */ readonly for: number };

export function remedyFor({ sinks, idle, since }: Spinning): Remedy {
  if (sinks === 0) return { do: 'nothing' };
  if (idle) return { do: 'recycle' };
  if (sinks < MANY) return { do: 'nothing' };
  return since < RENEWAL_GAP ? { do: 'wait', for: RENEWAL_GAP - since } : { do: 'renew' };
}
