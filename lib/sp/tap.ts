import type { RxportError } from '../errors.js';
import type { PullHandler, PushSocket, Transport } from './transport.js';

/** What goes over a socket, greetings apart; `id` is that of a request, without its top bit. */
export type WireEvent =
  | { readonly type: 'opened' | 'closed'; readonly address: string }
  | {
      readonly type: 'in' | 'out';
      readonly address: string;
      readonly body: string | Uint8Array;
      readonly id?: number;
      /** The peer has said the same before. */
      readonly repeated?: boolean;
    };

/** Sees each frame, for a transcript. On the tick on which it happens, and must not throw. */
export type WireTap = (event: WireEvent) => void;

export interface TapOptions {
  /** Sees what goes over it. */
  readonly tap?: WireTap | undefined;
}

/** `transport`, with what goes over its sockets told to `tap`. */
export const tapped = (transport: Transport, tap: WireTap): Transport => ({
  ...transport,
  pull: (address, options, handler) => transport.pull(address, options, tappedPull(address, handler, tap)),
  async push(address, options, handler) {
    const push = await transport.push(address, options, {
      ...handler,
      closed(error) {
        tap({ type: 'closed', address });
        handler.closed(error);
      },
    });
    tap({ type: 'opened', address });
    return tappedPush(push, tap);
  },
});

function tappedPull(address: string, handler: PullHandler, tap: WireTap): PullHandler {
  const peers = {
    peerOpened() {
      tap({ type: 'opened', address });
      handler.peerOpened?.();
    },
    peerRefused: (error: RxportError) => handler.peerRefused?.(error),
    peerClosed(left: number, error: RxportError | undefined) {
      tap({ type: 'closed', address });
      handler.peerClosed?.(left, error);
    },
  };
  const seen =
    <B extends Buffer | string>(hand: (body: B) => void) =>
    (body: B): void => {
      tap({ type: 'in', address, body });
      hand(body);
    };
  return handler.text === undefined
    ? { ...peers, message: seen((payload) => handler.message(payload)) }
    : { ...peers, text: seen((text) => handler.text(text)) };
}

const tappedPush = (push: PushSocket, tap: WireTap): PushSocket => ({
  address: push.address,
  get open() {
    return push.open;
  },
  send(body) {
    const more = push.send(body);
    tap({ type: 'out', address: push.address, body });
    return more;
  },
  end: () => push.end(),
  destroy: () => push.destroy(),
});
