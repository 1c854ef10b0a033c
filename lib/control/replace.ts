import type { Runner } from './instance.js';
import type { Instances } from './instances.js';
import type { Cost, TransferParts } from './overlap.js';
import { park, windDown } from './park.js';
import { becomesReady } from './readiness.js';
import type { Replica } from './replica.js';

/** A process that can be ended and started. */
export type Startable = Runner & Pick<Replica, 'state' | 'state$' | 'start' | 'stop'>;

export interface ReplaceSignals {
  /** Takes the replacement back. */
  readonly signal: AbortSignal;
  /** Nothing is to run any more: what is taken back does not start again. */
  readonly closing: AbortSignal;
}

/**
 * Takes everything that runs in `from` over to `to`, of which only one lives at a time: for a plugin that owns what
 * nobody can share. Rejects when `to` does not come, or refuses something; everything then runs in `from` again, unless
 * that was stopped before: it stays so.
 */
export async function replace(
  { instances, from, to, quit, begin, commit }: TransferParts<Startable>,
  { signal, closing }: ReplaceSignals,
): Promise<readonly Cost[]> {
  begin?.();
  const wasStopped = from.state.phase === 'stopped';
  try {
    const costs = await swap(instances, from, to, signal, quit);
    await commit();
    // It may have died and come back meanwhile.
    instances.replay(to);
    return costs;
  } catch (error) {
    const back = wasStopped
      ? windDown(instances, to, () => Promise.resolve(), error as Error)
      : swap(instances, to, from, closing);
    // Whether it comes or not: its supervisor goes on trying.
    await back.catch(() => undefined);
    throw error;
  }
}

async function swap(
  instances: Instances,
  from: Startable,
  to: Startable,
  signal: AbortSignal,
  quit?: () => Promise<void>,
): Promise<readonly Cost[]> {
  const { gate, functions, moves } = await park(instances, from);
  try {
    await Promise.all([from.stop(), quit?.()]);
    signal.throwIfAborted();
    to.start();
    await becomesReady(to, signal);
    instances.expelFrom(to.plugin);
  } catch (error) {
    gate.refuse(error);
    await Promise.allSettled(moves);
    throw error;
  }
  gate.open(to);
  instances.replay(to);
  await Promise.allSettled(moves);
  return [...functions, ...(await Promise.all(moves))];
}
