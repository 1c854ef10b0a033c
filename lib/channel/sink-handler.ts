import type { RxportError } from '../errors.js';
import type { ChannelOptions, Transport } from '../sp/transport.js';
import type { Admission, Bound } from '../stage.js';
import type { Payload } from '../wire/sink-batch.js';
import type { Effort } from './motion.js';

export type { Payload };

/** What the channels of a sink say, on the tick on which it happens. */
export interface SinkHandler<T> {
  /** How many values wait for the connection may have changed: told after each change, on its tick. */
  moved(): void;
  /** Of what a broken connection has put back. */
  overflowed(surplus: Admission): void;
  /** This many more values, the oldest first, are with the kernel. */
  passed(count: number): void;
  /** Where acks are required: the plugin has taken this value, or says why not. */
  acknowledged(value: T, error: RxportError | undefined): void;
  /** A value was not sent: it is over the limit of the plugin. */
  failed(error: RxportError): void;
  /** An ack that nobody had asked for says that something went wrong. */
  complained(error: RxportError): void;
  /**
   * The connection is gone; `unconfirmed` values at most were under way in it. `orderly`: we had hung up, and all that was
   * sent is with the plugin, unless its process has died when it had read that.
   */
  disconnected(unconfirmed: number, orderly: boolean): void;
}

export interface SinkChannelOptions extends ChannelOptions {
  readonly transport: Transport;
  readonly bound: Bound;
  /** Of the process that runs the sink. */
  readonly effort?: Effort;
  /** One value in flight, each acknowledged within so many milliseconds; without it acks are only read. */
  readonly ackTimeout?: number | undefined;
  /** Milliseconds without an ack in time that a drain bears, besides those of `ackTimeout`; default 0. */
  readonly ackPatience?: () => number;
  /** True when the process that has been started takes batches; asked once per connection. */
  readonly batches?: () => boolean;
  readonly ackError: (text: string) => RxportError;
  readonly ackLate: () => RxportError;
  /** The plugin has ended again and again while it had the value. */
  readonly ackFatal: () => RxportError;
}

/** What goes out; where acks are required with the value that it stands for. Else nobody asks for that again, and it is let go. */
export type Item<T> = Payload | Acked<T>;

export interface Acked<T> {
  readonly value: T;
  readonly payload: Payload;
}

export const isPayload = <T>(item: Item<T>): item is Payload => typeof item === 'string' || item instanceof Uint8Array;
