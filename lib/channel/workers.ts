import type { Runner } from '../control/instance.js';
import type { RepPeer } from '../sp/rep.js';
import type { FunctionWorker } from './function-worker.js';

/** The connections of a function. */
export class Workers {
  private readonly workers = new Map<RepPeer, FunctionWorker>();

  [Symbol.iterator](): Iterator<FunctionWorker> {
    return this.workers.values();
  }

  get(peer: RepPeer): FunctionWorker | undefined {
    return this.workers.get(peer);
  }

  set(peer: RepPeer, worker: FunctionWorker): void {
    this.workers.set(peer, worker);
  }

  remove(peer: RepPeer): FunctionWorker | undefined {
    const worker = this.workers.get(peer);
    this.workers.delete(peer);
    return worker;
  }

  list(): readonly FunctionWorker[] {
    return [...this.workers.values()];
  }

  /** How many calls keep those of that generation busy; asked for each call. */
  capacity(generation: number): number {
    let capacity = 0;
    for (const worker of this.workers.values()) if (worker.generation === generation) capacity += worker.capacity;
    return capacity;
  }

  /** One of that generation can be called. */
  hasFree(generation: number): boolean {
    return this.list().some((worker) => worker.generation === generation && worker.exchange.free);
  }

  /** How many calls are out that are not of that generation. */
  callsBeside(generation: number): number {
    return this.list().reduce((sum, worker) => sum + (worker.generation === generation ? 0 : worker.out), 0);
  }

  /** Those of one process. */
  of(runner: Runner): readonly FunctionWorker[] {
    return this.list().filter((worker) => worker.runner === runner);
  }

  /** That process is connected, or somebody is of whom nobody knows who it is. */
  isHere(runner: Runner): boolean {
    return this.list().some((worker) => worker.here && (worker.runner ?? runner) === runner);
  }

  /** A call is out, of any process or of `runner`, and its time is not up. Whose it is may not be known. */
  atWork(runner?: Runner): boolean {
    const isOf = (worker: FunctionWorker): boolean =>
      runner === undefined || worker.runner === undefined || worker.runner === runner;
    return this.list().some((worker) => worker.out > 0 && isOf(worker));
  }
}
