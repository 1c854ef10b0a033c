import type { Feed, Outlet } from './feed.js';

/** A source that an async factory opens: the feed of what its promise becomes. */
export class LateFeed implements Feed {
  private feed: Feed | undefined;
  private stopped = false;
  private readonly opening: Promise<unknown>;

  constructor(
    opening: PromiseLike<unknown>,
    private readonly outlet: Outlet,
    private readonly feedOf: (opened: unknown) => Feed,
  ) {
    this.opening = Promise.resolve(opening);
    // Told when it is started, a turn later or never: until then a rejection would end the process.
    this.opening.catch(() => undefined);
  }

  get held(): number {
    return this.feed?.held ?? 0;
  }

  start(): void {
    if (this.stopped) return;
    this.opening
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
