import { holdDown } from './hold-down.js';
import type { Instances } from './instances.js';
import { type Cost, overlap } from './overlap.js';
import { becomesReady } from './readiness.js';
import { replace } from './replace.js';
import type { Replica } from './replica.js';
import type { Replicas } from './replicas.js';
import type { UpdateStrategy } from './update-report.js';

export interface LinkUpdate {
  readonly strategy: UpdateStrategy;
  /** Heeded until everything begins to move. */
  readonly signal: AbortSignal;
  /** Aborted when the plugin is about to be closed: nothing is started for that any more. */
  readonly closing: AbortSignal;
  /** Called when everything begins to move; what it throws takes the update back. */
  readonly begin?: () => void;
  /** Called when everything has moved; what it rejects with undoes that. */
  readonly commit: () => Promise<void>;
}

export interface Updated {
  /** `replace` also where `overlap` was asked for and the old process was not there. */
  readonly strategy: UpdateStrategy;
  readonly costs: readonly Cost[];
}

export interface ChangeParts {
  readonly instances: Instances;
  readonly from: Replica;
  readonly to: Replica;
  /** Beside `from`, and of its version; at the end beside `to`, and of that of `to`. */
  readonly others: Replicas;
  /** Everything has moved: `to` is the process of the plugin. */
  readonly serves: () => void;
}

/**
 * Everything that runs in `from` runs in `to` from now on, and then one of the others after the other gives its place to one
 * of the version of `to`. Rejects with why `from` stays, and then nothing has changed.
 */
export async function changeOver(parts: ChangeParts, options: LinkUpdate): Promise<Updated> {
  const { others, from, to } = parts;
  const updated = await others.aside(async () => {
    const changed = await change(parts, options);
    // Where only the first process is a new one, the others are what they should be.
    if (to.plugin !== from.plugin) others.renew(to.options);
    return changed;
  }, options.signal);
  await others.renewed(options.closing);
  return updated;
}

async function change(
  { instances, others, from, to, serves }: ChangeParts,
  { signal, closing, commit, begin: mayBegin, ...options }: LinkUpdate,
): Promise<Updated> {
  // Beside a process that is only just coming there is nothing to overlap, and whose handshake it is nobody could tell.
  const isComing = from.state.phase === 'starting' || from.state.phase === 'backoff';
  const strategy = isComing ? 'replace' : options.strategy;
  let begun = strategy === 'replace';
  // What it has been told, and does not answer, is lost with it.
  const giveUp = (): void => void (begun || to.stop());
  const begin = (): void => {
    signal.throwIfAborted();
    mayBegin?.();
    begun = true;
  };
  const staying = (): readonly Replica[] => others.serving;
  const parts = { instances, from, to, begin, commit, staying, quit: () => others.stop() };
  const held = strategy === 'overlap' ? holdDown(from) : undefined;
  try {
    signal.throwIfAborted();
    if (strategy === 'overlap') {
      to.start();
      await becomesReady(to, signal);
      signal.addEventListener('abort', giveUp, { once: true });
    }
    const costs = await (strategy === 'overlap' ? overlap(parts) : replace(parts, { signal, closing }));
    serves();
    await held?.release();
    await from.close();
    return { strategy, costs };
  } catch (error) {
    await to.close();
    for (const { handOver } of instances.list()) handOver?.settle();
    if ((await held?.release()) === true && !closing.aborted) from.start();
    throw signal.aborted && !begun ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
