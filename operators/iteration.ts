import { type Observable, Subscription, takeWhile } from 'rxjs';
import { queueOverflow } from '../lib/errors.js';
import { Bound, type CheckedOverflow, currentScope, Queue, type Stage } from '../lib/stage.js';
import { queueStage } from './queue-stage.js';

export interface IterationPlan {
  readonly name: string;
  readonly overflow: CheckedOverflow;
  readonly signal: AbortSignal | undefined;
}

type Ending = { readonly type: 'done' } | { readonly type: 'error'; readonly error: unknown };

const DONE: Ending = { type: 'done' };

/** Who waits for the next value. */
interface Taker<T> {
  resolve(result: IteratorResult<T>): void;
  reject(error: unknown): void;
}

/** One loop over a stream. */
export class Iteration<T> implements AsyncIterableIterator<T>, AsyncDisposable {
  private readonly queue = new Queue<T>();
  private readonly takers = new Queue<Taker<T>>();
  private readonly subscription = new Subscription();
  /** Lets go of what cuts the loop off: the end of its rule, its signal. */
  private readonly unhook = new Subscription();
  private stage: Stage | undefined;
  private bound: Bound | undefined;
  private ending: Ending | undefined;

  constructor(
    private readonly stream: Observable<T>,
    private readonly plan: IterationPlan,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    return new Promise((resolve, reject) => {
      this.takers.push({ resolve, reject });
      // Now that somebody waits: what a stream emits at once need not wait.
      this.open();
      this.hand();
    });
  }

  async return(): Promise<IteratorResult<T>> {
    this.abandon();
    const { ending } = this;
    this.ending = DONE;
    if (ending?.type === 'error') throw ending.error;
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  private open(): void {
    if (this.stage !== undefined || this.ending !== undefined) return;
    const { name, overflow, signal } = this.plan;
    this.stage = queueStage(name, overflow, () => this.queue.length);
    this.bound = new Bound(overflow, this.stage.scale);
    const stop = (): void => this.abandon();
    const life = currentScope()?.life;
    signal?.addEventListener('abort', stop, { once: true });
    this.unhook.add(() => {
      signal?.removeEventListener('abort', stop);
      life?.remove(stop);
    });
    life?.add(stop);
    if (signal?.aborted === true) stop();
    if (this.ending !== undefined) return;
    this.subscription.add(
      // A stream that emits at once is known only when it has: it is left when the loop has ended.
      this.stream.pipe(takeWhile(() => this.ending === undefined, true)).subscribe({
        next: (value) => this.take(value),
        error: (error: unknown) => this.end({ type: 'error', error }),
        complete: () => this.end(DONE),
      }),
    );
  }

  private take(value: T): void {
    const { stage, bound, plan } = this;
    if (stage === undefined || bound === undefined) return;
    stage.received += 1;
    if (this.ending !== undefined) return stage.drop('stopped');
    const { dropped, failed } = bound.admit(this.queue, value);
    if (dropped > 0) stage.overflow(dropped);
    if (failed) this.end({ type: 'error', error: queueOverflow(plan.name, bound.size) });
    this.hand();
  }

  /** As `break` does: what waits goes, and so does an error that the loop has not come to. */
  private abandon(): void {
    this.ending = DONE;
    const left = this.queue.clear();
    if (left > 0) this.stage?.drop('stopped', left);
    this.end(DONE);
  }

  /** What waits is still handed out; nothing is added to it. What a teardown of the stream throws is an error of it. */
  private end(ending: Ending): void {
    this.ending ??= ending;
    try {
      this.subscription.unsubscribe();
    } catch (error) {
      if (this.ending.type === 'done') this.ending = { type: 'error', error };
    }
    this.hand();
  }

  private hand(): void {
    while (this.takers.length > 0 && (this.queue.length > 0 || this.ending !== undefined)) {
      const taker = this.takers.shift();
      if (this.queue.length > 0) {
        if (this.stage !== undefined) this.stage.passed += 1;
        taker?.resolve({ done: false, value: this.queue.shift() as T });
      } else this.finish(taker);
    }
    this.stage?.weigh(this.queue.length);
    // While something waits the loop can still be cut off, also when its stream has ended.
    if (this.ending === undefined || this.queue.length > 0) return;
    this.stage?.end();
    this.unhook.unsubscribe();
  }

  /** An error is told once; from then on the loop is over. */
  private finish(taker: Taker<T> | undefined): void {
    const { ending } = this;
    this.ending = DONE;
    if (ending?.type === 'error') taker?.reject(ending.error);
    else taker?.resolve({ done: true, value: undefined });
  }
}
