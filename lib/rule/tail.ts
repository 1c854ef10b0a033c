import { Subscription } from 'rxjs';
import { teardownError } from '../stage.js';

/**
 * The end of a branch, which the rule subscribes to it.
 *
 * Extends Subscription as a sink does, so that what a teardown throws (`finalize`) comes by here instead of into whatever
 * made the branch end.
 */
export class Tail extends Subscription {
  private end: () => void = () => undefined;
  readonly ended = new Promise<void>((resolve) => (this.end = resolve));

  constructor(private readonly failed: (thrown: unknown) => void) {
    super();
  }

  next(): void {
    // What a branch emits is for its own operators.
  }

  error(thrown: unknown): void {
    this.failed(thrown);
    this.unsubscribe();
  }

  complete(): void {
    this.unsubscribe();
  }

  override unsubscribe(): void {
    try {
      super.unsubscribe();
    } catch (thrown) {
      this.failed(teardownError(thrown));
    }
    this.end();
  }
}
