import type { Instance, Runner } from './instance.js';
import type { Instances } from './instances.js';
import type { Cost, TransferParts } from './overlap.js';
import { becomesReady } from './readiness.js';
import type { Replica } from './replica.js';

/** A process that can be ended and started. */
export type Startable = Runner & Pick<Replica, 'state$' | 'start' | 'stop'>;

export interface ReplaceSignals {
  /** Takes the replacement back. */
  readonly signal: AbortSignal;
  /** Nothing is to run any more: what is taken back does not start again. */
  readonly closing: AbortSignal;
}

/**
 * Takes everything that runs in `from` over to `to`, of which only one lives at a time: for a plugin that owns what
 * nobody can share. Rejects when `to` does not come, or refuses something; everything then runs in `from` again.
 */
export async function replace(
  { instances, from, to, quit, commit }: TransferParts<Startable>,
  { signal, closing }: ReplaceSignals,
): Promise<readonly Cost[]> {
  try {
    const costs = await swap(instances, from, to, signal, quit);
    await commit();
    // It may have died and come back meanwhile.
    instances.replay(to);
    return costs;
  } catch (error) {
    // Whether it comes or not: its supervisor goes on trying.
    await swap(instances, to, from, closing).catch(() => undefined);
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
  instances.serve(undefined);
  const gate = new Gate();
  const running = instances.in(from);
  const functions = await Promise.all(running.filter(({ handOver }) => handOver).map(drain));
  const moves = running.filter(({ handOver }) => !handOver).map((instance) => gate.move(instances, instance));
  // They are awaited at the end, and one may fail long before.
  for (const move of moves) move.catch(() => undefined);
  try {
    await gate.reached();
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

/** Lets the calls that are out come back; later ones wait for the next process. */
async function drain(instance: Instance): Promise<Cost> {
  instance.handOver?.hold();
  const drained = (await instance.handOver?.cutOver()) ?? 0;
  return { instance, gap: 0, queued: 0, drained };
}

/** Where instances wait, stopped, until there is a process that they can be started in. */
class Gate {
  private readonly waiting: Promise<unknown>[] = [];
  private readonly opened: Promise<Runner>;
  open: (runner: Runner) => void = () => undefined;
  refuse: (error: unknown) => void = () => undefined;

  constructor() {
    this.opened = new Promise((resolve, reject) => {
      this.open = resolve;
      this.refuse = reject;
    });
    // Nobody may be waiting.
    this.opened.catch(() => undefined);
  }

  async move(instances: Instances, instance: Instance): Promise<Cost> {
    let arrive: () => void = () => undefined;
    this.waiting.push(new Promise<void>((resolve) => (arrive = resolve)));
    const moving = instances.move(instance, () => {
      arrive();
      return this.opened;
    });
    try {
      return { instance, ...(await moving), drained: 0 };
    } finally {
      arrive();
    }
  }

  /** Resolves when each of them is stopped, or has ended. */
  async reached(): Promise<void> {
    await Promise.all(this.waiting);
  }
}
