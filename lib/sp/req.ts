import { dial, type DialOptions } from './dial.js';

const FIRST_ID = 0x8000_0001;
const TOP_BIT = 0x8000_0000;
const ID_BYTES = 4;

export interface ReqHandler {
  /** The answer to the newest request; answers to older ones are dropped. */
  reply(body: Buffer): void;
  closed(): void;
}

/** A connected REQ socket: one request at a time, a newer one replaces it. */
export interface ReqSocket {
  /** Throws `ERR_FRAME_TOO_LARGE`, `ERR_CHANNEL_CLOSED`. */
  request(body: string | Uint8Array): void;
  end(): void;
  close(): void;
}

/** Connects to a REP listener at `address`. Rejects with `ERR_CHANNEL_DIAL`, `ERR_GREETING`. */
export async function dialReq(address: string, options: DialOptions, handler: ReqHandler): Promise<ReqSocket> {
  let next = FIRST_ID;
  let current = 0;
  const pipe = await dial(address, 'req', options, {
    opened: () => undefined,
    frame(_, payload) {
      if (payload.length < ID_BYTES || payload.readUInt32BE(0) !== current) return;
      current = 0;
      handler.reply(payload.subarray(ID_BYTES));
    },
    closed: () => handler.closed(),
  });
  return {
    request(body) {
      const header = Buffer.allocUnsafe(ID_BYTES);
      header.writeUInt32BE(next);
      current = next;
      next = ((next + 1) | TOP_BIT) >>> 0;
      pipe.send(body, header);
    },
    end: () => pipe.end(),
    close: () => pipe.destroy(),
  };
}
