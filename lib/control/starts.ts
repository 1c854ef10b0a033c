import { reasonOf, symbolNotConnected } from '../errors.js';
import type { Logger } from '../log.js';
import { type Instance, lacks } from './instance.js';
import type { Instances } from './instances.js';
import type { Replica } from './replica.js';

export interface StartsParts {
  readonly instances: Instances;
  /** The process in which everything runs. */
  readonly first: () => Replica;
  readonly log: Logger;
  /** Functions are started in it. */
  readonly takes: (replica: Replica) => boolean;
  /** Some process answers it. */
  readonly isAnswered: (function_: Instance) => boolean;
  /** Of what it was told to start nothing is under way. */
  readonly settled: () => void;
}

/** The STARTs of functions in replicas, one after the other: who connects is who was told last. */
export class Starts {
  private last: Promise<void> = Promise.resolve();
  /** How many are to come, by replica. */
  private readonly left = new Map<Replica, number>();

  constructor(private readonly parts: StartsParts) {}

  add(instance: Instance, replica: Replica): void {
    this.left.set(replica, (this.left.get(replica) ?? 0) + 1);
    this.last = this.last.then(async () => {
      await this.start(instance, replica);
      const left = (this.left.get(replica) ?? 1) - 1;
      if (left > 0) this.left.set(replica, left);
      else if (this.left.delete(replica)) this.parts.settled();
    });
  }

  /** Some of its functions are not connected yet. */
  isBusy(replica: Replica): boolean {
    return this.left.has(replica);
  }

  /** Resolves when those are over that were added before. */
  over(): Promise<void> {
    return this.last;
  }

  /** Never rejects: what a replica refuses is not the end of a function that runs elsewhere. */
  private async start(instance: Instance, replica: Replica): Promise<void> {
    const { instances, isAnswered, log } = this.parts;
    if (!(await this.isDue(instance, replica))) return;
    const waits = !isAnswered(instance);
    try {
      await instances.startIn(instance, replica);
    } catch (error) {
      const { name } = replica.plugin;
      const { symbolName } = instance.control;
      log.warn({ plugin: name }, `a replica does not run ${symbolName}: ${reasonOf(error)}`);
      return;
    }
    if (waits && instances.accepted(instance, replica)) instance.started();
    const missing = await instance.crew?.missing(replica);
    if (missing !== undefined && replica.ready)
      replica.restart(symbolNotConnected(replica.plugin.name, instance.control.symbolName, missing));
  }

  private async isDue(instance: Instance, replica: Replica): Promise<boolean> {
    const { instances, first, takes } = this.parts;
    // Told to the first process, and not answered: when it is, it is spread.
    if (first().ready && !instances.accepted(instance, first())) return false;
    if (first().ready) await instance.crew?.missing(first());
    if (!takes(replica) || !replica.ready) return false;
    if (lacks(replica.plugin, instance) || !instances.list().includes(instance)) return false;
    return !instances.accepted(instance, replica);
  }
}
