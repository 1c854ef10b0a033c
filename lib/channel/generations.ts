import type { Runner } from '../control/instance.js';
import type { FunctionWorker } from './function-worker.js';
import type { Workers } from './workers.js';

/** Of who is called no more. */
const NONE = -1;

/** Which connections of a function are called, while two versions of its plugin have some. */
export class Generations {
  /** The one that is called, and that of those who connect. */
  private serving = 0;
  private arriving = 0;
  /** What served before `hold`. */
  private before = 0;
  private newest = 0;
  private readonly dismissed = new WeakSet<Runner>();

  constructor(private readonly workers: Workers) {}

  serves({ generation }: FunctionWorker): boolean {
    return generation === this.serving;
  }

  /** How many calls keep those who are called busy; asked for each call. */
  get capacity(): number {
    return this.workers.capacity(this.serving);
  }

  /** One of those who are called from `cutOver` on can be. */
  get arrived(): boolean {
    return this.workers.hasFree(this.arriving);
  }

  /** How many calls are out with those who are called no more. */
  get leftOut(): number {
    return this.workers.callsBeside(this.serving);
  }

  /** That of who connects now. */
  ofNew(runner: Runner | undefined): number {
    return runner !== undefined && this.dismissed.has(runner) ? NONE : this.arriving;
  }

  dismiss(runner: Runner): void {
    this.dismissed.add(runner);
    this.join([runner], NONE);
  }

  hold(): void {
    this.before = this.serving;
    this.arriving = this.newest += 1;
  }

  /** Calls go to who has come since `hold`, and as before to the processes in `staying`. */
  cutOver(staying: readonly Runner[]): void {
    this.join(staying, this.arriving);
    this.serving = this.arriving;
  }

  /** Calls go to who had them before `hold`, and to the processes in `former` wherever they have gone. */
  cutBack(former: readonly Runner[]): void {
    this.join(former, this.before);
    this.serving = this.arriving = this.before;
  }

  /** True when nobody was left who is called, and so all are. */
  settle(): boolean {
    const workers = this.workers.list();
    if (workers.some((worker) => this.serves(worker))) return false;
    for (const worker of workers) if (worker.generation !== NONE) worker.generation = this.serving;
    return true;
  }

  private join(runners: readonly Runner[], generation: number): void {
    for (const worker of runners.flatMap((runner) => this.workers.of(runner))) worker.generation = generation;
  }
}
