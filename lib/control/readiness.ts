import { filter, firstValueFrom, fromEvent, takeUntil } from 'rxjs';
import { pluginStopped } from '../errors.js';
import type { ProcessState } from '../process/state.js';
import type { Replica } from './replica.js';

/** Resolves when the process has shaken hands. Rejects with why its first attempt failed, and when `signal` aborts. */
export async function becomesReady(replica: Pick<Replica, 'state$' | 'plugin'>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const decided = replica.state$.pipe(filter(isDecided), takeUntil(fromEvent(signal, 'abort')));
  const state = await firstValueFrom(decided, { defaultValue: undefined });
  signal.throwIfAborted();
  if (state?.phase === 'backoff' || state?.phase === 'failed') throw state.error;
  if (state?.phase !== 'ready') throw pluginStopped(replica.plugin.name);
}

const isDecided = ({ phase }: ProcessState): boolean => phase !== 'starting' && phase !== 'stopping';
