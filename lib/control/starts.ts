import { reasonOf, type RxportError, symbolNotConnected } from '../errors.js';
import type { Logger } from '../log.js';
import { isReplayed } from './entry.js';
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
    void this.queue(replica, async () => {
      if (await this.isDue(instance, replica)) await this.start(instance, replica);
    });
  }

  /**
   * The same for one that has lost its connection to a process, the first one too; resolves when that is over. Nothing
   * without a process: it is ending.
   */
  async again(instance: Instance, replica: Replica | undefined): Promise<void> {
    if (replica === undefined) return;
    await this.queue(replica, () => this.revive(instance, replica));
  }

  /** Some of its functions are not connected yet. */
  isBusy(replica: Replica): boolean {
    return this.left.has(replica);
  }

  /** Resolves when those are over that were added before. */
  over(): Promise<void> {
    return this.last;
  }

  private queue(replica: Replica, work: () => Promise<void>): Promise<void> {
    this.left.set(replica, (this.left.get(replica) ?? 0) + 1);
    this.last = this.last.then(async () => {
      await work();
      const left = (this.left.get(replica) ?? 1) - 1;
      if (left > 0) this.left.set(replica, left);
      else if (this.left.delete(replica)) this.parts.settled();
    });
    return this.last;
  }

  private async revive(instance: Instance, replica: Replica): Promise<void> {
    if (!(await this.isLost(instance, replica))) return;
    const { symbolName } = instance.control;
    this.parts.log.warn(
      { plugin: replica.plugin.name },
      `${symbolName} has no connection in a process that lives: START again`,
    );
    await this.start(instance, replica);
  }

  /** Never rejects: what a replica refuses is not the end of a function that runs elsewhere. */
  private async start(instance: Instance, replica: Replica): Promise<void> {
    const { instances, isAnswered } = this.parts;
    const waits = !isAnswered(instance);
    try {
      await instances.startIn(instance, replica);
    } catch (error) {
      return this.refused(instance, replica, error as RxportError);
    }
    if (waits && instances.accepted(instance, replica)) instance.started();
    // The call that had been its end may have come first, and have been that once more: it comes back as before.
    if (instance.crew?.cameAndWent(replica) !== true) await this.joins(instance, replica);
  }

  /** It connects, or its process begins anew. */
  private async joins(instance: Instance, replica: Replica): Promise<void> {
    const missing = await instance.crew?.missing(replica);
    if (missing !== undefined && replica.ready)
      replica.restart(symbolNotConnected(replica.plugin.name, instance.control.symbolName, missing));
  }

  private refused(instance: Instance, replica: Replica, error: RxportError): void {
    const { first, log } = this.parts;
    const { name } = replica.plugin;
    const { symbolName } = instance.control;
    log.warn({ plugin: name }, `a process does not run ${symbolName}: ${reasonOf(error)}`);
    // The others are told behind that one.
    if (replica === first() && !isReplayed(error)) instance.refused(error);
  }

  private async isDue(instance: Instance, replica: Replica): Promise<boolean> {
    const { instances } = this.parts;
    const first = this.parts.first();
    const runs = (): boolean => instances.accepted(instance, replica);
    // Told to the first process, and not answered: when it is, it is spread.
    if (first.ready && !instances.accepted(instance, first)) return false;
    if (!this.mayRun(instance, replica)) return false;
    if (first.ready && instance.crew?.comesBack(first) !== true) await this.joins(instance, first);
    else if (first.ready && !runs()) await this.rejoins(instance, first);
    return this.mayRun(instance, replica) && !runs();
  }

  /** It dials by itself, or is told here: its comeback would wait behind this. */
  private async rejoins(instance: Instance, replica: Replica): Promise<void> {
    await instance.crew?.missing(replica);
    await this.revive(instance, replica);
  }

  private async isLost(instance: Instance, replica: Replica): Promise<boolean> {
    const { instances, first } = this.parts;
    if ((await instance.crew?.missing(replica, 0)) === undefined) return false;
    // A first process that has not accepted it is being told, or has refused it.
    return this.mayRun(instance, replica) && (!first().ready || instances.accepted(instance, first()));
  }

  private mayRun(instance: Instance, replica: Replica): boolean {
    if (!this.parts.takes(replica) || !replica.ready) return false;
    return !lacks(replica.plugin, instance) && this.parts.instances.list().includes(instance);
  }
}
