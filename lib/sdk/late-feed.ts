import type { Feed, Outlet } from './feed.js';

/** A source that an async factory opens: the feed of what its promise becomes. */
export class LateFeed implements Feed {
  private feed: Feed | undefined;
  private stopped = false;

  constructor(
    private readonly opening: PromiseLike<unknown>,
    private readonly outlet: Outlet,
    private readonly feedOf: (opened: unknown) => Feed,
  ) {}

  get held(): number {
    return this.feed?.held ?? 0;
  }

  start(): void {
    if (this.stopped) return;
    Promise.resolve(this.opening)
      .then((opened) => this.begin(opened))
      .catch((error: unknown) => {
        if (!this.stopped) this.outlet.done({ type: 'failed', error });
      });
  }

  room(): void {
    this.feed?.room();
  }

  async stop(): Promise<void> {
    if (this.feed !== undefined) return this.feed.stop();
    if (this.stopped) return;
    this.stopped = true;
    // Nobody knows how long its opening takes; it has the signal of its context.
    this.outlet.done({ type: 'stopped' });
  }

  private begin(opened: unknown): void {
    if (this.stopped) return;
    this.feed = this.feedOf(opened);
    this.feed.start();
  }
}
