import { commandLost } from '../errors.js';
import { type Instance, lacks, type Moved, type Runner } from './instance.js';
import type { Instances } from './instances.js';

/** What one instance's change of process has cost. */
export interface Cost extends Moved {
  readonly instance: Instance;
  /** Calls that the old process still answered. */
  readonly drained: number;
}

export interface TransferParts<R extends Runner = Runner> {
  readonly instances: Instances;
  readonly from: R;
  readonly to: R;
  /** Ends the other processes of the old version; only where that has to go first. */
  readonly quit?: () => Promise<void>;
  /** The other processes of the old version, which answer calls until others take their places. */
  readonly staying?: () => readonly Runner[];
  /** Called when everything is prepared, and nothing has moved; what it throws undoes that. */
  readonly begin?: () => void;
  /** Called when everything has moved. */
  readonly commit: () => Promise<void>;
}

/**
 * Takes everything that runs in `from` over to `to`, while both live.
 *
 * Functions are started in `to` first, and get no call there until each has answered: until then nothing has changed.
 * Then the calls of `from` go there, and every source and sink moves. Rejects when one can not; everything then runs in
 * `from` again.
 */
export async function overlap(parts: TransferParts): Promise<readonly Cost[]> {
  const { instances, from, to, begin, commit } = parts;
  const prepared: Instance[] = [];
  try {
    await prepareAll(instances, from, to, prepared);
    begin?.();
    instances.serve(to);
    const costs = new Map<Instance, Cost>();
    // What was added while this one waited runs in the old process, too.
    const left = (): readonly Instance[] => stillIn(instances, from, to, prepared);
    while (left().length > 0) {
      await prepareAll(instances, from, to, prepared);
      for (const cost of await all(left().map((instance) => carry(parts, instance)))) {
        // Twice where its first process there has died.
        const { drained = 0 } = costs.get(cost.instance) ?? {};
        costs.set(cost.instance, { ...cost, drained: cost.drained + drained });
      }
    }
    await commit();
    instances.expelFrom(to.plugin);
    instances.replay(to);
    return [...costs.values()];
  } catch (error) {
    await carryBack(parts, prepared);
    throw error;
  }
}

/** A function whose old process has died runs nowhere, and yet its calls still have to be led to the new one. */
function stillIn(instances: Instances, from: Runner, to: Runner, prepared: readonly Instance[]): readonly Instance[] {
  const [old, moved] = [instances.in(from), instances.in(to)];
  const left = (one: Instance): boolean => old.includes(one) || (prepared.includes(one) && !moved.includes(one));
  return instances.list().filter((one) => left(one) && !lacks(to.plugin, one));
}

async function prepareAll(instances: Instances, from: Runner, to: Runner, prepared: Instance[]): Promise<void> {
  const isNew = (instance: Instance): boolean => !prepared.includes(instance) && !lacks(to.plugin, instance);
  const functions = instances.in(from).filter((instance) => instance.handOver !== undefined && isNew(instance));
  prepared.push(...functions);
  await all(
    functions.map(async (instance) => {
      instance.handOver?.hold();
      await instances.startIn(instance, to);
      await instance.handOver?.arrived();
    }),
  );
}

async function carry({ instances, to, staying }: TransferParts, instance: Instance): Promise<Cost> {
  if (instance.handOver === undefined) {
    const moved = await instances.move(instance, () => Promise.resolve(to));
    return { instance, ...moved, drained: 0 };
  }
  if (!to.ready) throw commandLost(to.plugin.name);
  // The process that was prepared may be gone, and the next one knows nothing of it.
  if (!instances.accepted(instance, to)) await instances.startIn(instance, to);
  instances.adopt(instance, to);
  const drained = await instance.handOver.cutOver(staying?.());
  return { instance, gap: 0, queued: 0, drained };
}

async function carryBack(parts: TransferParts, prepared: readonly Instance[]): Promise<void> {
  const { instances, from, to, staying } = parts;
  instances.serve(from);
  const back = async (instance: Instance): Promise<void> => {
    if (instance.handOver === undefined) await instances.move(instance, () => Promise.resolve(from));
    else if (!prepared.includes(instance)) instances.forget(instance);
  };
  const cutBack = prepared.map(async (instance) => {
    if (!instances.in(from).includes(instance)) {
      // Its process may have died, and the next one is there already.
      if (instances.accepted(instance, from)) instances.adopt(instance, from);
      else instances.forget(instance);
    }
    await instance.handOver?.cutBack([from, ...(staying?.() ?? [])]);
  });
  const moved = instances.in(to).map((instance) => back(instance).catch(() => instances.forget(instance)));
  instances.replay(from);
  await Promise.all([...cutBack, ...moved]);
  instances.replay(from);
}

/** Waits for all, also when one rejects: nothing goes on behind the back of who cleans up. */
async function all<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
