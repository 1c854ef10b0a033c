import { Observable, type Observer, type Operator } from 'rxjs';
import { currentScope, withScope } from '../stage.js';

/** Told what a subscriber's function has thrown, and an error that no subscriber handles. Must not throw. */
export type OnThrow = (thrown: unknown) => void;

type Next<T> = (value: T) => void;
type AnyObserver<T> = Partial<Observer<T>> | Next<T> | null;

/**
 * A stream whose subscribers can not end the process.
 *
 * What the function of a subscriber throws, rxjs throws again on a timer, where nobody can catch it; an error without a
 * handler as well. Here `thrown` is told. What operators make of it is guarded too; what `merge` and the like make of it
 * is not.
 */
export class Guarded<T> extends Observable<T> {
  constructor(
    private readonly thrown: OnThrow,
    subscribe?: ConstructorParameters<typeof Observable<T>>[0],
  ) {
    super(subscribe);
  }

  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const lifted = new Guarded<R>(this.thrown);
    lifted.source = this;
    lifted.operator = operator;
    return lifted;
  }

  override subscribe(observer?: AnyObserver<T>, error?: Next<unknown> | null, complete?: (() => void) | null) {
    if (isSubscriber(observer)) return super.subscribe(observer);
    return super.subscribe(
      guard(typeof observer === 'object' ? observer : with3(observer, error, complete), this.thrown),
    );
  }
}

/** A hot `stream`, guarded. Who subscribes in a rule hears it in the scope of that rule, whoever makes it emit. */
export const guarded = <T>(stream: Observable<T>, thrown: OnThrow): Observable<T> =>
  new Guarded<T>(thrown, (subscriber) => {
    const scope = currentScope();
    return stream.subscribe(
      guard(
        {
          next: (value) => withScope(scope, () => subscriber.next(value)),
          error: (error) => withScope(scope, () => subscriber.error(error)),
          complete: () => withScope(scope, () => subscriber.complete()),
        },
        thrown,
      ),
    );
  });

/** An operator's, a promise's, or a sink: these hand on what goes wrong. */
const isSubscriber = <T>(observer: AnyObserver<T> | undefined): observer is Partial<Observer<T>> =>
  typeof observer === 'object' && observer !== null && 'add' in observer;

const with3 = <T>(
  next?: Next<T> | null,
  error?: Next<unknown> | null,
  complete?: (() => void) | null,
): Partial<Observer<T>> => ({ ...(next && { next }), ...(error && { error }), ...(complete && { complete }) });

function guard<T>(observer: Partial<Observer<T>> | null, thrown: OnThrow): Observer<T> {
  return {
    next(value) {
      try {
        observer?.next?.(value);
      } catch (cause) {
        thrown(cause);
      }
    },
    error(error) {
      if (observer?.error === undefined) return thrown(error);
      try {
        observer.error(error);
      } catch (cause) {
        thrown(cause);
      }
    },
    complete() {
      try {
        observer?.complete?.();
      } catch (cause) {
        thrown(cause);
      }
    },
  };
}
