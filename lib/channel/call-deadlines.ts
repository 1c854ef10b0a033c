import { Subscription } from 'rxjs';
import { every, whenRead } from '../clock.js';
import { callNotTaken, callStuck, callTimeout } from '../errors.js';
import { finish } from './call-batch.js';
import type { CallQueue } from './call-queue.js';
import type { FunctionChannelOptions } from './function-channel-options.js';
import type { FunctionWorker } from './function-worker.js';
import { STUCK_AFTER } from './stuck-watch.js';
import type { Workers } from './workers.js';

/** How late a deadline may be noticed, in milliseconds: one timer serves all calls. */
const STEP = 50;

/** Gives up calls whose time is up, out or in the queue, and tells of processes that do not even answer those. */
export class CallDeadlines {
  private timer: Subscription = Subscription.EMPTY;

  constructor(
    private readonly workers: Workers,
    private readonly queue: CallQueue,
    private readonly options: FunctionChannelOptions,
    private readonly serves: (worker: FunctionWorker) => boolean,
  ) {}

  /** A call is out, or waits and has no time for ever. */
  start(): void {
    if (!this.timer.closed) return;
    const { clock } = this.options;
    const timer = every(clock, STEP, () => whenRead(clock, () => timer.closed || this.check()));
    this.timer = timer;
  }

  stop(): void {
    this.timer.unsubscribe();
  }

  /** Those have not answered what was given up; where there is none, nobody knows who it is. */
  stuck(silence: number): void {
    const { symbol, clock, stuck } = this.options;
    const error = callStuck(symbol, silence);
    const blamed = this.workers.list().filter(({ gaveUp = Infinity }) => clock.now() - gaveUp >= silence);
    for (const worker of blamed) {
      worker.gaveUp = clock.now();
      // Of another version, and nobody knows which process it is: that is ending anyway.
      if (worker.runner !== undefined || this.serves(worker)) stuck?.(error, worker.runner);
    }
    if (blamed.length === 0) stuck?.(error);
  }

  private check(): void {
    const { clock, symbol } = this.options;
    const now = clock.now();
    const workers = this.workers.list();
    for (const worker of workers) worker.expire(now, ({ timeout }) => callTimeout(symbol, timeout));
    if (workers.some(({ gaveUp = Infinity }) => now - gaveUp >= STUCK_AFTER)) this.stuck(STUCK_AFTER);
    for (const call of this.queue.expire())
      finish(call, { type: 'error', error: callNotTaken(symbol, call.patience ?? 0) });
    // Asked last: who hears of a timeout may submit the next call at once.
    if (!this.queue.limited && workers.every(({ batch }) => batch === undefined)) this.stop();
  }
}
