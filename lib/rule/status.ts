import type { RxportError } from '../errors.js';

/** Where a rule stands; `since` and `nextTry` are milliseconds since the epoch. */
export type RuleStatus =
  | { readonly phase: 'starting' | 'running' | 'stopping'; readonly since: number }
  /** Some of its symbols are not running: their plugin is starting, or starting again. */
  | { readonly phase: 'waiting'; readonly since: number; readonly on: readonly string[] }
  | {
      readonly phase: 'restarting';
      readonly since: number;
      /** Which restart this is, from 1. */
      readonly attempt: number;
      readonly nextTry: number;
      readonly error: RxportError;
    }
  | { readonly phase: 'completed' | 'stopped'; readonly since: number }
  | { readonly phase: 'failed'; readonly since: number; readonly error: RxportError };

export type RuleChange =
  /** The symbols that are missing have changed. */
  | { readonly type: 'attendance'; readonly missing: readonly string[] }
  /** The run ended with an error; `retry` says when the next one starts, and is absent when none does. */
  | {
      readonly type: 'error';
      readonly error: RxportError;
      readonly retry?: { readonly attempt: number; readonly at: number };
    }
  | { readonly type: 'retry' }
  | { readonly type: 'stop' }
  /** Every branch has ended and every sink has drained. */
  | { readonly type: 'ended' };

export const isFinal = ({ phase }: RuleStatus): boolean =>
  phase === 'completed' || phase === 'stopped' || phase === 'failed';

/** What follows from a change at `now`. A change that means nothing in a phase leaves the status as it is. */
export function nextStatus(status: RuleStatus, change: RuleChange, now: number): RuleStatus {
  switch (status.phase) {
    case 'starting':
    case 'running':
    case 'waiting':
      return whileRunning(status, change, now);
    case 'restarting':
      if (change.type === 'retry') return { phase: 'starting', since: now };
      return change.type === 'stop' ? { phase: 'stopping', since: now } : status;
    case 'stopping':
      return change.type === 'ended' ? { phase: 'stopped', since: now } : status;
    case 'completed':
    case 'stopped':
    case 'failed':
      return status;
  }
}

function whileRunning(status: RuleStatus, change: RuleChange, now: number): RuleStatus {
  switch (change.type) {
    case 'attendance':
      return attended(status, change.missing, now);
    case 'error': {
      const { error, retry } = change;
      if (retry === undefined) return { phase: 'failed', since: now, error };
      return { phase: 'restarting', since: now, attempt: retry.attempt, nextTry: retry.at, error };
    }
    case 'stop':
      return { phase: 'stopping', since: now };
    case 'ended':
      return { phase: 'completed', since: now };
    case 'retry':
      return status;
  }
}

function attended(status: RuleStatus, missing: readonly string[], now: number): RuleStatus {
  if (missing.length === 0) return status.phase === 'running' ? status : { phase: 'running', since: now };
  const since = status.phase === 'waiting' ? status.since : now;
  return { phase: 'waiting', since, on: missing };
}
