import { frameInvalid, type RxportError } from '../errors.js';
import { acceptPeers } from './peers.js';
import type { Pipe } from './pipe.js';
import type { PipeOptions } from './pipe-options.js';
import { ID_BYTES } from './protocol.js';
import type { TapOptions, WireTap } from './tap.js';

/** The last word of a request's header is its id; the words before it are hops, and go back as they came. */
const MAX_HOPS = 8;

/** What a REP socket tells its owner. */
export interface RepHandler {
  opened(peer: RepPeer): void;
  /** A request that has not been answered and is not the repetition of one. */
  request(peer: RepPeer, body: Buffer): void;
  /** `error` says why when it was not an orderly end. */
  closed(peer: RepPeer, error?: RxportError): void;
  /** Somebody has connected who is no requester. */
  refused?(error: RxportError): void;
}

export type RepOptions = PipeOptions & TapOptions;

const NONE = Buffer.alloc(0);

/** One requester. Only its newest request can be answered, once. */
export class RepPeer {
  /** The header of the newest request; a copy, since a view would keep the whole chunk alive while it waits. */
  private newest = NONE;
  private waiting = false;
  private answered = NONE;
  /** For the header of the next request. */
  private spare = NONE;

  constructor(
    private readonly pipe: Pipe,
    private readonly tap?: WireTap,
  ) {}

  /** True while a request waits for its answer. */
  get asked(): boolean {
    return this.waiting && this.pipe.open;
  }

  /** Answers the newest request; false when there is none to answer. Throws `ERR_FRAME_TOO_LARGE`. */
  reply(body: string | Uint8Array): boolean {
    if (!this.asked) return false;
    this.pipe.send(body, this.newest);
    this.waiting = false;
    this.spare = this.answered;
    this.answered = this.newest;
    this.tap?.({ type: 'out', address: this.pipe.address, body, id: idIn(this.newest) });
    return true;
  }

  /** Largest answer from now on, in bytes, its header included; undefined is our own limit. */
  limit(maxSend: number | undefined): void {
    this.pipe.limit(maxSend);
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
    const bytes = headerBytes(this.pipe.address, payload);
    const body = payload.subarray(bytes);
    const repeated = startsWith(payload, this.newest, bytes) || startsWith(payload, this.answered, bytes);
    this.tap?.({
      type: 'in',
      address: this.pipe.address,
      body,
      id: idIn(payload.subarray(0, bytes)),
      ...(repeated && { repeated }),
    });
    if (repeated) return undefined;
    const room = this.waiting ? this.newest : this.spare;
    this.newest = room.length === bytes ? room : Buffer.alloc(bytes);
    this.newest.set(payload.subarray(0, bytes));
    this.waiting = true;
    return body;
  }
}

/** A listening REP socket that tells its requesters apart. */
export interface RepSocket {
  close(): Promise<void>;
}

/** Listens on `address`; reads every requester always, asked or not. */
export async function listenRep(address: string, options: RepOptions, handler: RepHandler): Promise<RepSocket> {
  const { tap } = options;
  const peers = new Map<Pipe, RepPeer>();
  return acceptPeers(address, 'rep', options, {
    opened(pipe) {
      const peer = new RepPeer(pipe, tap);
      peers.set(pipe, peer);
      tap?.({ type: 'opened', address });
      handler.opened(peer);
    },
    frame(pipe, payload) {
      const peer = peers.get(pipe);
      const body = peer?.accept(payload);
      if (peer !== undefined && body !== undefined) handler.request(peer, body);
    },
    refused: (error) => handler.refused?.(error),
    closed(pipe, error) {
      const peer = peers.get(pipe);
      peers.delete(pipe);
      tap?.({ type: 'closed', address });
      if (peer !== undefined) handler.closed(peer, error);
    },
  });
}

/** Up to the first word with its top bit set, which is the id. */
function headerBytes(address: string, payload: Buffer): number {
  for (let at = 0; at < MAX_HOPS * ID_BYTES && at + ID_BYTES <= payload.length; at += ID_BYTES) {
    if (payload.readUInt8(at) >= 0x80) return at + ID_BYTES;
  }
  throw frameInvalid(address, `a request of ${payload.length} bytes carries no request id`);
}

const idIn = (header: Buffer): number => header.readUInt32BE(header.length - ID_BYTES) & 0x7fffffff;

const startsWith = (payload: Buffer, header: Buffer, bytes: number): boolean =>
  header.length === bytes && header.compare(payload, 0, bytes) === 0;
