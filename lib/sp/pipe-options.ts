import type { Clock } from '../clock.js';

export interface PipeOptions {
  readonly clock: Clock;
  /** Largest payload taken, in bytes; default 64 MiB. */
  readonly maxFrame?: number;
  /** Largest payload sent, in bytes, request id included; asked once per connection, default `maxFrame`. */
  readonly maxSend?: () => number | undefined;
  /** How long a peer may take for its greeting, in milliseconds; default 5,000. */
  readonly greetingTimeout?: number;
  /** Runs what hands on the frames of a chunk, so that they come in a context of the owner's, not in that of the socket. */
  readonly inContext?: ((work: () => void) => void) | undefined;
  /**
   * A peer that has ended its side learns when all of it has been worked off: our side closes when nothing is paused, not
   * when the last byte has been read.
   */
  readonly closeWhenFlowing?: boolean;
}
