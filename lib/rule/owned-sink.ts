import type { Subscription } from 'rxjs';
import type { DrainReport } from '../symbol/sink.js';

/** What a run has to know of a sink, whatever its values are. */
export interface OwnedSink extends Subscription {
  readonly drained: Promise<DrainReport>;
  /** False for one that is only handed to an operator: late or invalid values go to it with `next`. */
  readonly hasStream: boolean;
  /** Its drain is to be over soon. */
  cutShort(): void;
}

export interface SinkEntry {
  readonly sink: OwnedSink;
  /** Resolves when its stream has ended. */
  readonly ended: Promise<void>;
}
