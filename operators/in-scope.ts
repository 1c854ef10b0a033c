import { Observable, takeWhile } from 'rxjs';
import { withScope } from '../lib/stage.js';
import { outletOf } from './outlet-of.js';

/** A stream that `operator` subscribes besides its source, heard in the rule of the operator, whoever makes it emit. */
export const inScope = <T>(operator: string, stream: Observable<T>): Observable<T> =>
  new Observable((subscriber) => {
    const outlet = outletOf(operator, subscriber);
    // One that emits at once is known only when it has: it is left when what follows has ended.
    return stream.pipe(takeWhile(() => !subscriber.closed, true)).subscribe({
      next: (value) => withScope(outlet.scope, () => outlet.next(value)),
      error: (error: unknown) => outlet.error(error),
      complete: () => outlet.complete(),
    });
  });
