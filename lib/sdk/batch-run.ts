import type { Clock } from '../clock.js';
import { frameTooLarge, reasonOf } from '../errors.js';
import { MAX_FRAME } from '../sp/limits.js';
import { BATCH_TEXT, BATCH_TIME, type BatchDone } from '../wire/function-batch.js';
import { resultText } from './encode.js';
import { isThenable } from './thenable.js';

/** Leaves room for what stands before it in the same answer. */
const LARGEST_RESULT = MAX_FRAME - 1024 * 1024;

/**
 * Makes the calls of a batch, one after another, and at least one: an async function is called again when its promise
 * has settled, as it is by single calls. Ends early when it takes long, or when the results grow large.
 */
export class BatchRun implements BatchDone {
  readonly results: string[] = [];
  readonly failed: number[] = [];
  private readonly start: number;
  private size = 0;

  /** `call` makes one, and may throw. */
  constructor(
    private readonly calls: readonly unknown[],
    private readonly call: (args: unknown) => unknown,
    private readonly clock: Clock,
    private readonly symbol: string,
  ) {
    this.start = clock.now();
  }

  /** Never throws or rejects. Async only from the first promise on. */
  run(): BatchDone | Promise<BatchDone> {
    while (!this.ended) {
      try {
        const result = this.call(this.calls[this.results.length]);
        if (isThenable(result)) return this.await(result);
        this.add(resultText(result));
      } catch (error) {
        this.fail(error);
      }
    }
    return this;
  }

  private async await(result: PromiseLike<unknown>): Promise<BatchDone> {
    try {
      this.add(resultText(await result));
    } catch (error) {
      this.fail(error);
    }
    return this.run();
  }

  private get ended(): boolean {
    const { length } = this.results;
    if (length === this.calls.length) return true;
    return length > 0 && (this.size > BATCH_TEXT || this.clock.now() - this.start >= BATCH_TIME);
  }

  private add(text: string): void {
    // A UTF-16 unit takes at most three bytes: most texts need no count.
    const bytes = text.length * 3 < LARGEST_RESULT ? 0 : Buffer.byteLength(text);
    if (bytes > LARGEST_RESULT) throw frameTooLarge(this.symbol, bytes, LARGEST_RESULT);
    this.size += text.length;
    this.results.push(text);
  }

  private fail(error: unknown): void {
    this.failed.push(this.results.length);
    const text = JSON.stringify(reasonOf(error));
    this.size += text.length;
    this.results.push(text);
  }
}
