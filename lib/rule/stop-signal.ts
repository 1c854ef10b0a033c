import { defer, Observable, Subject } from 'rxjs';
import { guarded, type OnThrow } from '../process/guarded.js';

/** Says once that a run begins to stop: to whoever listens then, and to whoever comes later. */
export class StopSignal {
  /** Emits once, and completes. */
  readonly told$: Observable<void>;
  given = false;
  private readonly listeners = new Subject<void>();

  /** `thrown` is told what a listener throws. */
  constructor(thrown: OnThrow) {
    this.told$ = guarded(
      defer(() => (this.given ? later : this.listeners)),
      thrown,
    );
  }

  give(): void {
    if (this.given) return;
    this.given = true;
    this.listeners.next();
    this.listeners.complete();
  }
}

/** On a later macrotask: who subscribes again at its end would otherwise never return. */
const later = new Observable<void>((subscriber) => {
  const immediate = setImmediate(() => {
    subscriber.next();
    subscriber.complete();
  });
  return () => clearImmediate(immediate);
});
