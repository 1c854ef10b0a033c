import { type Observable, Subject } from 'rxjs';
import type { WireEvent, WireTap } from '../sp/tap.js';

/** What goes over all channels of the plugin, to whoever listens. */
export class WireHub {
  private readonly events = new Subject<WireEvent>();
  /** Hot. */
  readonly events$: Observable<WireEvent> = this.events.asObservable();

  readonly tap: WireTap = (event) => this.events.next(event);

  close(): void {
    this.events.complete();
  }
}
