import type { Socket } from 'node:net';
import type { RxportError } from '../errors.js';
import { listen, type Listener } from './listen.js';
import { Pipe, type PipeHandler } from './pipe.js';
import type { PipeOptions } from './pipe-options.js';
import type { Protocol } from './protocol.js';

/** A listening address and the pipes of every peer that dialled it. */
export interface Peers {
  readonly pipes: ReadonlySet<Pipe>;
  /** Drops every pipe, then frees the address. */
  close(): Promise<void>;
}

export interface PeersHandler extends PipeHandler {
  /** A connection has ended with an error before it was open. */
  refused?(error: RxportError): void;
}

/** Listens on `path` as `protocol`. The handler hears `closed` only of pipes whose `opened` it heard. */
export async function acceptPeers(
  path: string,
  protocol: Protocol,
  options: PipeOptions,
  handler: PeersHandler,
): Promise<Peers> {
  const greeting = new Set<Pipe>();
  const pipes = new Set<Pipe>();
  const tracked: PipeHandler = {
    ...handler,
    opened(pipe) {
      greeting.delete(pipe);
      pipes.add(pipe);
      handler.opened(pipe);
    },
    closed(pipe, error) {
      greeting.delete(pipe);
      if (pipes.delete(pipe)) handler.closed(pipe, error);
      // One that ends before its greeting, and without an error, is a probe for a stale file.
      else if (error !== undefined && error.code !== 'ERR_CHANNEL_CLOSED') handler.refused?.(error);
    },
  };
  const accept = (socket: Socket): void => void greeting.add(new Pipe(socket, protocol, path, options, tracked));
  const listener: Listener = await listen(path, accept, { readAhead: protocol !== 'pull' });

  return {
    pipes,
    close: () => {
      const closed = listener.close();
      for (const pipe of [...greeting, ...pipes]) pipe.destroy();
      return closed;
    },
  };
}
