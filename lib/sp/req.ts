import { randomInt } from 'node:crypto';
import type { RxportError } from '../errors.js';
import { dial, type DialOptions } from './dial.js';
import { FIRST_ID, ID_BYTES, LAST_ID, nextId } from './protocol.js';

export interface ReqOptions extends DialOptions {
  /** The first request id; default a random one, so that two connections do not use the same. */
  readonly firstId?: number;
}

export interface ReqHandler {
  /** The answer to the newest request; answers to older ones are dropped. */
  reply(body: Buffer): void;
  /** `error` says why when it was not an orderly end. */
  closed(error?: RxportError): void;
}

/** A connected REQ socket: one request at a time, a newer one replaces it. */
export interface ReqSocket {
  /** Bytes on their way to the kernel: above 0 when the peer does not read. */
  readonly pending: number;
  /** Throws `ERR_FRAME_TOO_LARGE`, `ERR_CHANNEL_CLOSED`. */
  request(body: string | Uint8Array): void;
  end(): void;
  close(): void;
}

/** Connects to a REP listener at `address`. Rejects with `ERR_CHANNEL_DIAL`, `ERR_GREETING`. */
export async function dialReq(address: string, options: ReqOptions, handler: ReqHandler): Promise<ReqSocket> {
  let next = options.firstId ?? randomInt(FIRST_ID, LAST_ID);
  let current = 0;
  // One for all, since a pipe copies it: a new one each time is memory that an idle heap does not collect for hours.
  const header = Buffer.alloc(ID_BYTES);
  const pipe = await dial(address, 'req', options, {
    opened: () => undefined,
    frame(_, payload) {
      if (payload.length < ID_BYTES || payload.readUInt32BE(0) !== current) return;
      current = 0;
      handler.reply(payload.subarray(ID_BYTES));
    },
    closed: (_, error) => handler.closed(error),
  });
  return {
    get pending() {
      return pipe.pending;
    },
    request(body) {
      header.writeUInt32BE(next);
      pipe.send(body, header);
      current = next;
      next = nextId(next);
    },
    end: () => pipe.end(),
    close: () => pipe.destroy(),
  };
}
