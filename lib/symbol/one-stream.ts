import { Subscriber, Subscription, type TeardownLogic } from 'rxjs';

/**
 * A Subscription that is the observer of one stream, and notices a second one.
 *
 * `stream.subscribe(it)` reads `it.error`, to see whether it was given a subscriber, and then evaluates `it.add(…)`: it
 * reads `add`, subscribes the chain above while it evaluates the argument, and calls what it has read. A `subscribe` in
 * between is the same stream: `defer`, `share`, `finalize` and others hand their subscriber on.
 */
export abstract class OneStream extends Subscription {
  /** How many calls of `add` are being evaluated. */
  private depth = 0;
  private asked = false;
  private streams = 0;
  /** True while the code that made it still runs. */
  private fresh = true;
  /** The operators above. */
  private readonly upstream = new Set<Subscriber<unknown>>();

  static {
    // An accessor, which a class can not declare over a method. Of the class: one of its own makes a dictionary of each
    // object, whose every field then costs a search.
    Object.defineProperty(this.prototype, 'add', {
      get(this: OneStream) {
        return this.adding();
      },
    });
  }

  constructor() {
    super();
    queueMicrotask(() => (this.fresh = false));
  }

  /** True once a stream has been subscribed to it. */
  get hasStream(): boolean {
    return this.streams > 0;
  }

  /** Read without a call it is a question; see above. */
  get error(): (error: unknown) => void {
    this.asked = true;
    return (error) => {
      this.asked = false;
      this.streamFailed(error);
    };
  }

  override remove(teardown: Exclude<TeardownLogic, void>): void {
    if (teardown instanceof Subscriber) this.upstream.delete(teardown);
    super.remove(teardown);
  }

  /** Its stream has ended with an error. */
  protected abstract streamFailed(error: unknown): void;
  /** A second stream has been subscribed to it. */
  protected abstract streamShared(): void;

  private adding(): (teardown: TeardownLogic) => void {
    const subscribed = this.asked && this.depth === 0;
    this.asked = false;
    if (subscribed) this.subscribed();
    this.depth += 1;
    return (teardown) => {
      this.depth -= 1;
      if (teardown instanceof Subscriber && !teardown.closed) this.upstream.add(teardown);
      super.add(teardown);
    };
  }

  private subscribed(): void {
    this.streams += 1;
    // Later, `catchError` and `timeout` give the place of a chain that has ended to another one.
    if (this.streams > 1 && (this.fresh || this.upstream.size > 0)) this.streamShared();
  }
}
