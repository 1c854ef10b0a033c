import { symbolRemoved } from '../errors.js';
import type { RxportError } from '../errors.js';
import { type Instance, lacks, type Moved } from './instance.js';
import type { Instances } from './instances.js';
import type { Replica } from './replica.js';

/** What one instance's change of process has cost. */
export interface Cost extends Moved {
  readonly instance: Instance;
  /** Calls that the old process still answered. */
  readonly drained: number;
}

export interface TransferParts {
  readonly instances: Instances;
  readonly from: Replica;
  readonly to: Replica;
  /** Called when everything has moved. */
  readonly commit: () => Promise<void>;
}

/**
 * Takes everything that runs in `from` over to `to`, while both live.
 *
 * Functions are started in `to` first, and get no call there until each has answered: until then nothing has changed.
 * Then calls go there, and every source and sink moves. Rejects when one can not; everything then runs in `from` again.
 */
export async function overlap({ instances, from, to, commit }: TransferParts): Promise<readonly Cost[]> {
  const prepared: Instance[] = [];
  try {
    await prepareAll(instances, from, to, prepared);
    instances.serve(to);
    const costs: Cost[] = [];
    // What was added while this one waited runs in the old process, too.
    for (let left = instances.in(from); left.length > 0; left = instances.in(from)) {
      for (const instance of left) if (lacks(to.plugin, instance)) instances.expel(instance, removed(instance, to));
      await prepareAll(instances, from, to, prepared);
      costs.push(...(await all(instances.in(from).map((instance) => carry(instances, instance, to)))));
    }
    await commit();
    instances.replay(to);
    return costs;
  } catch (error) {
    await carryBack(instances, from, to, prepared);
    throw error;
  }
}

async function prepareAll(instances: Instances, from: Replica, to: Replica, prepared: Instance[]): Promise<void> {
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

export const removed = ({ control }: Instance, { plugin }: Replica): RxportError =>
  symbolRemoved(plugin.name, control.symbolName, plugin.manifest.version);

async function carry(instances: Instances, instance: Instance, to: Replica): Promise<Cost> {
  if (instance.handOver === undefined) {
    const moved = await instances.move(instance, () => Promise.resolve(to));
    return { instance, ...moved, drained: 0 };
  }
  instances.adopt(instance, to);
  const drained = await instance.handOver.cutOver();
  return { instance, gap: 0, queued: 0, drained };
}

async function carryBack(
  instances: Instances,
  from: Replica,
  to: Replica,
  prepared: readonly Instance[],
): Promise<void> {
  instances.serve(from);
  const back = async (instance: Instance): Promise<void> => {
    if (instance.handOver === undefined) await instances.move(instance, () => Promise.resolve(from));
    else if (!prepared.includes(instance)) instances.forget(instance);
  };
  await Promise.all([
    ...prepared.map(async (instance) => {
      if (from.ready) instances.adopt(instance, from);
      else instances.forget(instance);
      await instance.handOver?.cutBack();
    }),
    ...instances.in(to).map((instance) => back(instance).catch(() => instances.forget(instance))),
  ]);
  if (from.ready) instances.replay(from);
}

/** Waits for all, also when one rejects: nothing goes on behind the back of who cleans up. */
async function all<T>(work: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
