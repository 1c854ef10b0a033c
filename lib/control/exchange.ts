import { channelClosed, type RxportError } from '../errors.js';
import type { RepPeer } from '../sp/rep.js';
import { HANDSHAKE } from '../wire/handshake.js';

export type Answer =
  | { readonly ok: true; readonly body: Buffer }
  /** `sent` tells whether the plugin may have acted on it. */
  | { readonly ok: false; readonly error: RxportError; readonly sent: boolean };

interface Outstanding {
  readonly body: string;
  readonly done: (answer: Answer) => void;
  sent: boolean;
  repeated: number;
}

/**
 * A question is put again to each `handshake`, so often; then to each eighth. Who says nothing else to it would be asked
 * without a pause for ever; who has simply said it many times, ahead of our reply, gets it all the same.
 */
const REPEATS = 10;
const THEN_EACH = 8;

/**
 * Asks a peer that is itself the requester: its request carries the answer to what our last reply told it.
 *
 * One question at a time. An answer counts only on the connection on which the question went out.
 */
export class Exchange {
  private outstanding: Outstanding | undefined;
  /** A question that nobody waits for any longer, and whose answer is still to come. */
  private abandoned = false;
  private closed = false;

  constructor(
    private readonly peer: RepPeer,
    private readonly address: string,
  ) {}

  /** True when a question can be put: nothing is out, and the peer has been heard. */
  get free(): boolean {
    return this.outstanding === undefined && !this.abandoned && !this.closed && this.peer.asked;
  }

  /** Calls `done` exactly once. Throws `ERR_FRAME_TOO_LARGE`. */
  ask(body: string, done: (answer: Answer) => void): void {
    if (this.closed) {
      done({ ok: false, error: channelClosed(this.address), sent: false });
      return;
    }
    const sent = this.peer.reply(body);
    this.outstanding = { body, done, sent, repeated: 0 };
  }

  /** Gives up on the question that is out; the peer stays busy until its late answer has been read. */
  abandon(error: RxportError): void {
    const { outstanding } = this;
    if (outstanding === undefined) return;
    this.outstanding = undefined;
    this.abandoned = outstanding.sent;
    outstanding.done({ ok: false, error, sent: outstanding.sent });
  }

  /** A new request of the peer. */
  heard(body: Buffer): void {
    if (this.abandoned) {
      this.abandoned = false;
      return;
    }
    const { outstanding } = this;
    if (outstanding === undefined) return;
    // A keepalive under a new id means that the peer has dropped our reply: it has not acted on it.
    if (!outstanding.sent || isKeepalive(body)) {
      if (outstanding.sent) outstanding.repeated += 1;
      if (outstanding.repeated > REPEATS && outstanding.repeated % THEN_EACH !== 0) return;
      outstanding.sent = this.peer.reply(outstanding.body);
      return;
    }
    this.outstanding = undefined;
    outstanding.done({ ok: true, body });
  }

  /** The connection is gone. */
  lost(error: RxportError): void {
    this.closed = true;
    this.abandon(error);
  }
}

const KEEPALIVE = Buffer.from(HANDSHAKE);

/** Exactly `handshake`: an error text may begin with an h. */
export const isKeepalive = (body: Buffer): boolean => body.equals(KEEPALIVE);
