import { frameInvalid } from '../errors.js';
import { acceptPeers } from './peers.js';
import type { Pipe, PipeOptions } from './pipe.js';

/** The last word of a request's header has its top bit set; the words before it are hops, and go back as they came. */
const WORD_BYTES = 4;
const MAX_HOPS = 8;

/** What a REP socket tells its owner. */
export interface RepHandler {
  opened(peer: RepPeer): void;
  /** A request that has not been answered and is not the repetition of one. */
  request(peer: RepPeer, body: Buffer): void;
  closed(peer: RepPeer): void;
}

/** One requester. Only its newest request can be answered, once. */
export class RepPeer {
  private waiting: Buffer | undefined;
  private newest = '';

  constructor(private readonly pipe: Pipe) {}

  /** True while a request waits for its answer. */
  get asked(): boolean {
    return this.waiting !== undefined && this.pipe.open;
  }

  /** Answers the newest request; false when there is none to answer. Throws `ERR_FRAME_TOO_LARGE`. */
  reply(body: string | Uint8Array): boolean {
    const header = this.waiting;
    if (header === undefined || !this.pipe.open) return false;
    this.pipe.send(body, header);
    this.waiting = undefined;
    return true;
  }

  /** Drops the connection. */
  close(): void {
    this.pipe.destroy();
  }

  /**
   * The body of a new request; undefined for a repeated one.
   *
   * A Go plugin repeats its last request, same id, every minute: once answered it is a duplicate, and taken as a new
   * request it would shift every later answer by one.
   */
  accept(payload: Buffer): Buffer | undefined {
    // A copy: a view would keep the whole chunk alive while the request waits.
    const header = Buffer.from(payload.subarray(0, headerLength(this.pipe.address, payload)));
    const id = header.toString('latin1');
    if (id === this.newest) return undefined;
    this.newest = id;
    this.waiting = header;
    return payload.subarray(header.length);
  }
}

/** A listening REP socket that tells its requesters apart. */
export interface RepSocket {
  close(): Promise<void>;
}

/** Listens on `address`; reads every requester always, asked or not. */
export async function listenRep(address: string, options: PipeOptions, handler: RepHandler): Promise<RepSocket> {
  const peers = new Map<Pipe, RepPeer>();
  return acceptPeers(address, 'rep', options, {
    opened(pipe) {
      const peer = new RepPeer(pipe);
      peers.set(pipe, peer);
      handler.opened(peer);
    },
    frame(pipe, payload) {
      const peer = peers.get(pipe);
      const body = peer?.accept(payload);
      if (peer !== undefined && body !== undefined) handler.request(peer, body);
    },
    closed(pipe) {
      const peer = peers.get(pipe);
      peers.delete(pipe);
      if (peer !== undefined) handler.closed(peer);
    },
  });
}

function headerLength(address: string, payload: Buffer): number {
  for (let at = 0; at < MAX_HOPS * WORD_BYTES && at + WORD_BYTES <= payload.length; at += WORD_BYTES) {
    if (payload.readUInt8(at) >= 0x80) return at + WORD_BYTES;
  }
  throw frameInvalid(address, `a request of ${payload.length} bytes carries no request id`);
}
