import { holdDown } from './hold-down.js';
import type { Instance, Runner } from './instance.js';
import type { Instances } from './instances.js';
import type { Cost } from './overlap.js';
import type { Replica } from './replica.js';

/** What ran in a process, and waits for another one. */
export interface Parked {
  readonly gate: Gate;
  readonly functions: readonly Cost[];
  /** Settle once the gate is opened or refused. */
  readonly moves: readonly Promise<Cost>[];
}

/**
 * Stops what runs in a process, each as it ends best: calls come back, sources are read out, sinks have read what they
 * were sent. Nothing starts there any more.
 */
export async function park(instances: Instances, from: Runner): Promise<Parked> {
  instances.serve(undefined);
  const gate = new Gate();
  const running = instances.in(from);
  const functions = await Promise.all(running.filter(({ handOver }) => handOver).map(drain));
  const moves = running.filter(({ handOver }) => !handOver).map((instance) => gate.move(instances, instance));
  // They are awaited at the end, and one may fail long before.
  for (const move of moves) move.catch(() => undefined);
  await gate.reached();
  return { gate, functions, moves };
}

/**
 * Parks what runs in a process, and ends that, and with `quit` its further ones: it runs nowhere then, and waits for the
 * next one that is ready.
 */
export async function windDown(
  instances: Instances,
  from: Runner & Pick<Replica, 'state$' | 'stop'>,
  quit: () => Promise<void>,
  why: Error,
): Promise<void> {
  const held = holdDown(from);
  const { gate, moves } = await park(instances, from);
  try {
    await Promise.all([from.stop(), quit()]);
  } finally {
    gate.refuse(why);
    await Promise.allSettled([...moves, held.release()]);
  }
}

/** Lets the calls that are out come back; later ones wait for the next process. */
async function drain(instance: Instance): Promise<Cost> {
  instance.handOver?.hold();
  const drained = (await instance.handOver?.cutOver()) ?? 0;
  return { instance, gap: 0, queued: 0, drained };
}

/** Where instances wait, stopped, until there is a process that they can be started in. */
export class Gate {
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
