import { type Subscriber, Subscription, UnsubscriptionError } from 'rxjs';
import { currentScope, type StageScope, withScope } from './scope.js';

/**
 * The way from a symbol, or an operator that emits later, into a user's chain.
 *
 * Operators catch what their functions throw, but what a teardown throws (`finalize`) comes out of `next`, `complete` or
 * `error`, on the tick of a socket that other rules share. Here it goes to `thrown`.
 *
 * What operators subscribe in place of a stream that ends belongs to the rule, whoever ends it. `next` is on the hot path:
 * who hands on values enters the scope, once for many.
 */
export class Outlet<T> {
  /** Of the rule in which it is subscribed. */
  readonly scope: StageScope | undefined = currentScope();

  private over = false;

  constructor(
    private readonly subscriber: Subscriber<T>,
    private readonly thrown: (cause: unknown) => void,
  ) {}

  /** Nobody gets another value: a subscriber is not `closed` yet while it tells of the end, which may let go of what waits. */
  get closed(): boolean {
    return this.over || this.subscriber.closed;
  }

  next(value: T): void {
    try {
      this.subscriber.next(value);
    } catch (cause) {
      this.thrown(teardownError(cause));
    }
  }

  error(error: unknown): void {
    this.end(() => this.subscriber.error(error));
  }

  complete(): void {
    this.end(() => this.subscriber.complete());
  }

  private end(tell: () => void): void {
    // A Subscriber of rxjs would ignore it; a sink, taken for one, would fail the rule that has let go of it.
    if (this.closed) return;
    this.over = true;
    try {
      withScope(this.scope, tell);
    } catch (cause) {
      this.thrown(teardownError(cause));
    }
  }
}

/**
 * Of what is subscribed while its rule stops. On a later macrotask: operators that subscribe again on completion would
 * otherwise never return.
 */
export function completeLater(outlet: Outlet<unknown>): Subscription {
  const immediate = setImmediate(() => outlet.complete());
  return new Subscription(() => clearImmediate(immediate));
}

/** The one error that a teardown threw, without the wrapping of rxjs. */
export const teardownError = (thrown: unknown): unknown =>
  thrown instanceof UnsubscriptionError && thrown.errors.length === 1 ? (thrown.errors[0] as unknown) : thrown;
