import type { Observable, OperatorFunction, Subscriber } from 'rxjs';

/**
 * An operator, made the way rxjs makes its own: the stream behind it is of the kind of the one before it. A source of a
 * plugin is of one whose subscribers can not end the process; a new Observable is not.
 */
export const lifted =
  <T, R>(run: (source: Observable<T>, subscriber: Subscriber<R>) => void): OperatorFunction<T, R> =>
  (source) =>
    source.lift({
      call(subscriber, above: Observable<T>) {
        try {
          run(above, subscriber);
        } catch (thrown) {
          subscriber.error(thrown);
        }
      },
    });
