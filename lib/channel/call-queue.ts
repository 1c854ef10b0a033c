import type { Clock } from '../clock.js';
import { Sweep } from '../stage.js';
import type { FunctionCall } from './function-call.js';
import type { FunctionWorker } from './function-worker.js';
import { Routing } from './routing.js';

/** The calls of a function that wait for a process. */
export class CallQueue extends Routing<FunctionWorker, FunctionCall> {
  private readonly sweep = new Sweep();
  /** Some of them may have a patience. */
  private isLimited = false;

  constructor(private readonly clock: Clock) {
    super((worker) => worker.runner?.place ?? worker.runner ?? worker);
  }

  /** Nobody wants its outcome any longer. One that waits is not made, and leaves the queue before that is mostly such. */
  cancel(call: FunctionCall): void {
    call.cancelled = true;
    if (this.sweep.due(this.waits)) this.tidy();
  }

  /** Takes out what is cancelled. */
  tidy(): void {
    this.shed(({ cancelled }) => cancelled);
  }

  add(call: FunctionCall): void {
    if (call.patience !== undefined) this.limit(call, call.patience);
    this.push(call);
  }

  /** Those that have been out come before all others, in their order. */
  putBack(calls: readonly FunctionCall[], alone = false): void {
    for (const call of calls.toReversed()) {
      if (call.cancelled) continue;
      if (alone) call.alone = true;
      if (call.patience !== undefined) this.limit(call, call.patience);
      this.unshift(call);
    }
  }

  /** Something that waits may come to have waited too long. */
  get limited(): boolean {
    return this.isLimited;
  }

  /** Takes out what has waited too long. */
  expire(): readonly FunctionCall[] {
    const late: FunctionCall[] = [];
    if (!this.isLimited) return late;
    this.isLimited = false;
    const now = this.clock.now();
    this.shed((call) => {
      const { cancelled, waitsUntil = Infinity } = call;
      if (cancelled) return true;
      if (now >= waitsUntil) return late.push(call) > 0;
      if (waitsUntil < Infinity) this.isLimited = true;
      return false;
    });
    return late;
  }

  private limit(call: FunctionCall, patience: number): void {
    call.waitsUntil = this.clock.now() + patience;
    this.isLimited = true;
  }
}
