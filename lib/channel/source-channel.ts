import { pause } from '../clock.js';
import type { RxportError } from '../errors.js';
import type { ChannelOptions, PullSocket, Transport } from '../sp/transport.js';
import { decodeSourceFrame, type Parse } from '../wire/source.js';

/** What the data channel of a source says, on the tick on which it happens. */
export interface SourceHandler {
  tuple(message: unknown, meta: Readonly<Record<string, unknown>>): void;
  /** An error frame: the source says that something went wrong, and goes on. */
  reported(text: string): void;
  /** A frame that can not be read. */
  invalid(error: RxportError): void;
  /** The source has said that it is done. */
  complete(): void;
  /** The plugin has closed its end: without a STOP of ours, the source has died. */
  ended(): void;
}

export interface SourceChannelOptions extends ChannelOptions {
  readonly transport: Transport;
  /** In place of `JSON.parse` and its tolerance for `NaN` and `Infinity`, for the text of a frame. */
  readonly parse?: Parse | undefined;
}

/** The data channel of one running source: PULL, bound before START. */
export interface SourceChannel {
  /** Resolves true when the plugin has closed its end and everything was read, false after `timeout` ms. */
  drained(timeout: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Rejects with `ERR_CHANNEL_BIND`, `ERR_ADDRESS_IN_USE`, `ERR_ADDRESS_TOO_LONG`. */
export async function openSourceChannel(
  address: string,
  options: SourceChannelOptions,
  handler: SourceHandler,
): Promise<SourceChannel> {
  const { transport, parse, clock } = options;
  let empty = new AbortController();
  const socket: PullSocket = await transport.pull(address, options, {
    message(payload) {
      const frame = decodeSourceFrame(payload, address, parse);
      switch (frame.type) {
        case 'tuple':
          handler.tuple(frame.message, frame.meta);
          return;
        case 'error':
          handler.reported(frame.text);
          return;
        case 'invalid':
          handler.invalid(frame.error);
          return;
        case 'complete':
          handler.complete();
      }
    },
    peerOpened() {
      empty = new AbortController();
    },
    peerClosed(left) {
      if (left > 0) return;
      empty.abort();
      handler.ended();
    },
  });
  return {
    async drained(timeout) {
      if (socket.peers > 0) await pause(clock, timeout, empty.signal);
      return socket.peers === 0;
    },
    close: () => socket.close(),
  };
}
