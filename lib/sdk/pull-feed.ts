import type { Feed, Outlet } from './feed.js';

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/** After so many values in a row the event loop gets its turn: a generator may never wait for anything. */
const VALUES_PER_TURN = 256;

/** Asks for the next value when there is room for it: a slow reader slows the source down, and nothing is lost. */
export class PullFeed implements Feed {
  readonly held = 0;
  private iterator: AnyIterator | undefined;
  private stopped = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly iterate: () => AnyIterator,
    private readonly outlet: Outlet,
  ) {}

  start(): void {
    if (!this.stopped) void this.run();
  }

  room(): void {
    this.wake?.();
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.outlet.done({ type: 'stopped' });
    this.wake?.();
    try {
      await this.iterator?.return?.();
    } catch {
      // It was about to end anyway.
    }
  }

  private async run(): Promise<void> {
    try {
      const iterator = (this.iterator = this.iterate());
      await this.drain(iterator);
      this.finish({ type: 'completed' });
    } catch (error) {
      this.finish({ type: 'failed', error });
    }
  }

  private async drain(iterator: AnyIterator): Promise<void> {
    for (let values = 1; ; values += 1) {
      if (!this.outlet.room) await new Promise<void>((resolve) => (this.wake = resolve));
      if (values % VALUES_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.stopped) return;
      const step = iterator.next();
      // No `await` for what is there already: it would cost more than all the rest.
      const { done, value } = ('then' in step ? await step : step) as IteratorResult<unknown, unknown>;
      if (this.stopped || done) return;
      const frame = this.outlet.encode(value);
      if (frame !== undefined) this.outlet.send(frame);
    }
  }

  private finish(ending: Parameters<Outlet['done']>[0]): void {
    if (this.stopped) return;
    this.stopped = true;
    this.outlet.done(ending);
  }
}
