import { type Observable, Subject, takeUntil } from 'rxjs';
import type { Ending, Feed, Outlet } from './feed.js';
import { LatestQueue } from './latest-queue.js';

/** Takes what an Observable pushes; what there is no room for waits in a bounded queue. */
export class PushFeed implements Feed {
  private readonly queue: LatestQueue<string>;
  /** A subscription is not known before a synchronous Observable has emitted everything; this ends that one too. */
  private readonly stopping = new Subject<void>();
  private ending: Ending | undefined;
  private finished = false;

  constructor(
    private readonly values: Observable<unknown>,
    private readonly outlet: Outlet,
    queue: number,
  ) {
    this.queue = new LatestQueue(queue);
  }

  get held(): number {
    return this.queue.length;
  }

  start(): void {
    if (this.ending !== undefined) return;
    this.values.pipe(takeUntil(this.stopping)).subscribe({
      next: (value) => this.take(value),
      error: (error: unknown) => this.end({ type: 'failed', error }),
      complete: () => this.end({ type: 'completed' }),
    });
  }

  room(): void {
    while (this.outlet.room) {
      const frame = this.queue.shift();
      if (frame === undefined) break;
      this.outlet.send(frame);
    }
    if (this.ending === undefined || this.finished || this.queue.length > 0) return;
    this.finished = true;
    this.outlet.done(this.ending);
  }

  async stop(): Promise<void> {
    this.ending ??= { type: 'stopped' };
    this.stopping.next();
    this.room();
  }

  private take(value: unknown): void {
    const frame = this.outlet.encode(value);
    if (frame === undefined) return;
    if (this.queue.length === 0 && this.outlet.room) this.outlet.send(frame);
    else if (!this.queue.push(frame)) this.outlet.dropped();
  }

  /** What waits goes first. */
  private end(ending: Ending): void {
    this.ending ??= ending;
    this.room();
  }
}
