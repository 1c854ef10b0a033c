import type { RxportError } from '../errors.js';
import { type Backoff, backoffDelay } from './backoff.js';

/** How a process ended. */
export interface ProcessExit {
  /** Null when a signal ended it, and when it could not be executed at all. */
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines of its stderr, 50 at most. */
  readonly output: readonly string[];
}

/** Where a plugin process stands. `since` and `until` are milliseconds since the epoch. */
export type ProcessState =
  | { readonly phase: 'stopped' }
  | { readonly phase: 'starting'; readonly attempt: number; readonly crashes: readonly number[] }
  | {
      readonly phase: 'ready';
      readonly pid: number;
      readonly since: number;
      readonly attempt: number;
      readonly crashes: readonly number[];
    }
  | {
      readonly phase: 'backoff';
      /** Which retry comes next, from 1. */
      readonly attempt: number;
      readonly until: number;
      readonly error: RxportError;
      readonly exit: ProcessExit;
      readonly crashes: readonly number[];
    }
  | { readonly phase: 'failed'; readonly error: RxportError; readonly exit: ProcessExit }
  | { readonly phase: 'stopping' };

export type ProcessEvent =
  | { readonly type: 'start' }
  | { readonly type: 'handshake'; readonly pid: number; readonly at: number }
  /** Any end of the process, with 0 too. */
  | {
      readonly type: 'exit';
      readonly error: RxportError;
      readonly exit: ProcessExit;
      readonly at: number;
      /** The same in milliseconds of a clock that nobody sets: only the distance between two means something. */
      readonly now: number;
      /** Milliseconds since its handshake; 0 before that. */
      readonly lived: number;
      /** In [0, 1): spreads the retries. */
      readonly chance: number;
    }
  | { readonly type: 'retry' }
  | { readonly type: 'stop' };

export interface RestartPolicy extends Backoff {
  /** A process that was ready for this many milliseconds starts its back-off anew. */
  readonly healthyAfter: number;
  /** This many crashes … */
  readonly maxCrashes: number;
  /** … within this many milliseconds are a crash loop, which ends in `failed`. */
  readonly crashWindow: number;
}

export const DEFAULT_POLICY: RestartPolicy = {
  delay: 200,
  maxDelay: 30_000,
  jitter: 0.2,
  healthyAfter: 60_000,
  maxCrashes: 10,
  crashWindow: 300_000,
};

export const STOPPED: ProcessState = { phase: 'stopped' };

/** The whole of supervision: what follows from an event. An event that means nothing in a state leaves it as it is. */
export function next(state: ProcessState, event: ProcessEvent, policy: RestartPolicy = DEFAULT_POLICY): ProcessState {
  switch (state.phase) {
    case 'stopped':
    case 'failed':
      if (event.type === 'start') return { phase: 'starting', attempt: 0, crashes: [] };
      return event.type === 'stop' && state.phase === 'failed' ? STOPPED : state;
    case 'starting':
      if (event.type === 'handshake') return { ...state, phase: 'ready', pid: event.pid, since: event.at };
      if (event.type === 'exit') return crashed(state, event, policy);
      return event.type === 'stop' ? { phase: 'stopping' } : state;
    case 'ready':
      if (event.type === 'exit') return crashed(state, event, policy);
      return event.type === 'stop' ? { phase: 'stopping' } : state;
    case 'backoff':
      if (event.type === 'retry' || event.type === 'start') {
        return { phase: 'starting', attempt: state.attempt, crashes: state.crashes };
      }
      return event.type === 'stop' ? STOPPED : state;
    case 'stopping':
      return event.type === 'exit' ? STOPPED : state;
  }
}

type Running = Extract<ProcessState, { phase: 'starting' | 'ready' }>;
type Exit = Extract<ProcessEvent, { type: 'exit' }>;

function crashed(state: Running, { error, exit, at, now, lived, chance }: Exit, policy: RestartPolicy): ProcessState {
  const crashes = [...state.crashes.filter((crash) => now - crash < policy.crashWindow), now];
  if (crashes.length >= policy.maxCrashes) return { phase: 'failed', error, exit };
  const healthy = state.phase === 'ready' && lived >= policy.healthyAfter;
  const attempt = healthy ? 1 : state.attempt + 1;
  return { phase: 'backoff', attempt, until: at + backoffDelay(policy, attempt, chance), error, exit, crashes };
}
