import type { RxportError } from '../errors.js';
import type { PipeOptions } from './pipe-options.js';

/** What a transport can do; what needs a missing flag is refused or degraded, with a code. */
export interface Capabilities {
  /** Tells requests of REQ and REP apart by id. */
  readonly requestIds: boolean;
  /** Knows the connections of one listener apart. */
  readonly manyPeers: boolean;
  /** Can end its writing side and still learn when the peer has read everything. */
  readonly halfClose: boolean;
  /** Notices that a peer has gone. */
  readonly peerClose: boolean;
  /** Can stop reading, so that the peer has to wait. */
  readonly pause: boolean;
}

/** Limits and deadlines of a connection. */
export type ChannelOptions = PipeOptions;

export interface PullOptions extends ChannelOptions {
  /**
   * Who connects is not read before all who are connected already have gone, or `release`; default no. Does nothing where
   * peers are not told apart (`manyPeers`).
   */
  readonly inTurn?: boolean;
}

/** What a PULL socket tells its owner, on the tick on which it happens. */
export type PullHandler = PullMessages & {
  /** A peer has connected. Only where `peerClose` is. */
  peerOpened?(): void;
  /** Somebody has connected who is no peer. Only where `peerClose` is. */
  peerRefused?(error: RxportError): void;
  /** A peer has gone, after its last message. `left` peers are still there. Only where `peerClose` is. */
  peerClosed?(left: number, error: RxportError | undefined): void;
};

/** Each message as bytes or, for less, as UTF-8 text. */
type PullMessages =
  { message(payload: Buffer): void; readonly text?: never } | { text(text: string): void; readonly message?: never };

/** A bound PULL socket: takes from every peer that dials. */
export interface PullSocket {
  readonly address: string;
  /** How many are connected; 0 where the transport can not tell (`peerClose`). */
  readonly peers: number;
  /** No message until `resume`. Does nothing where the transport can not (`pause`). */
  pause(): void;
  resume(): void;
  /** While paused: hands on what has been sent up to now, whole frames, and pauses again. */
  readOut(): void;
  /** Lets in who waits; who connects from now on is not read until `release`. Does nothing where peers are not told apart (`manyPeers`). */
  hold(): void;
  release(): void;
  /** How many are connected and not read yet. */
  readonly held: number;
  /** Drops its peers and frees the address. */
  close(): Promise<void>;
}

/** What a PUSH socket tells its owner. */
export interface PushHandler {
  /** The kernel has taken this many more messages. */
  accepted(messages: number): void;
  /** After `send` answered false: there is room again. */
  drained(): void;
  /** Once: the connection is gone. */
  closed(error: RxportError | undefined): void;
}

/** A connected PUSH socket. */
export interface PushSocket {
  readonly address: string;
  readonly open: boolean;
  /** False asks to wait for `drained`. Throws `ERR_FRAME_TOO_LARGE`, `ERR_CHANNEL_CLOSED`. */
  send(body: string | Uint8Array): boolean;
  /** No more follows. `closed` comes when the peer has read everything, where the transport can tell. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

/**
 * The seam between SP stacks: data channels only. Control and function channels need request ids and several peers,
 * and always run on our own stack.
 */
export interface Transport {
  readonly name: string;
  readonly capabilities: Capabilities;
  /** Resolves when the address is bound. */
  pull(address: string, options: PullOptions, handler: PullHandler): Promise<PullSocket>;
  /** Resolves when the peer has answered the greeting; tries again until `timeout` ms are over. */
  push(
    address: string,
    options: ChannelOptions & { readonly timeout: number },
    handler: PushHandler,
  ): Promise<PushSocket>;
}
