import { dial } from './dial.js';
import { acceptPeers } from './peers.js';
import type { Pipe, PipeHandler } from './pipe.js';
import type {
  ChannelOptions,
  PullHandler,
  PullOptions,
  PullSocket,
  PushHandler,
  PushSocket,
  Transport,
} from './transport.js';

/** The default transport: SP in TypeScript over unix sockets. */
export const nativeTransport: Transport = {
  name: 'native',
  capabilities: { requestIds: true, manyPeers: true, halfClose: true, peerClose: true, pause: true },
  pull,
  push,
};

async function pull(address: string, options: PullOptions, handler: PullHandler): Promise<PullSocket> {
  let paused = false;
  let holding = false;
  /** In the order in which they have come. */
  const held = new Set<Pipe>();
  const peers = await acceptPeers(address, 'pull', options, {
    opened(pipe) {
      if (holding || (options.inTurn === true && peers.pipes.size > 1)) held.add(pipe);
      if (paused || held.has(pipe)) pipe.pause();
      handler.peerOpened?.();
    },
    ...messagesOf(handler),
    refused: (error) => handler.peerRefused?.(error),
    closed(pipe, error) {
      held.delete(pipe);
      if (!holding && held.size === peers.pipes.size) letIn();
      handler.peerClosed?.(peers.pipes.size, error);
    },
  });
  const flow = (): void => {
    for (const pipe of peers.pipes) {
      if (paused) return;
      if (!held.has(pipe)) pipe.resume();
    }
  };
  const letIn = (): void => {
    const [next] = held;
    if (next === undefined) return;
    held.delete(next);
    if (!paused) next.resume();
  };
  const release = (): void => {
    holding = false;
    held.clear();
    flow();
  };
  return {
    address,
    get peers() {
      return peers.pipes.size;
    },
    get held() {
      return held.size;
    },
    pause() {
      paused = true;
      for (const pipe of peers.pipes) pipe.pause();
    },
    resume() {
      paused = false;
      flow();
    },
    readOut() {
      if (paused) for (const pipe of peers.pipes) if (!held.has(pipe)) pipe.readOut();
    },
    hold() {
      release();
      holding = true;
    },
    release,
    close: () => peers.close(),
  };
}

async function push(
  address: string,
  options: ChannelOptions & { readonly timeout: number },
  handler: PushHandler,
): Promise<PushSocket> {
  const pipe = await dial(address, 'push', options, {
    // No `frame`: PULL never sends; what arrives all the same is nobody's.
    opened: () => undefined,
    accepted: (_, frames) => handler.accepted(frames),
    drained: () => handler.drained(),
    closed: (_, error) => handler.closed(error),
  });
  return new NativePush(address, pipe);
}

/** A class: an object with an accessor of its own is a dictionary, and each `send` a search in it. */
class NativePush implements PushSocket {
  constructor(
    readonly address: string,
    private readonly pipe: Pipe,
  ) {}

  get open(): boolean {
    return this.pipe.open;
  }

  send(body: string | Uint8Array): boolean {
    return this.pipe.send(body);
  }

  end(): void {
    this.pipe.end();
  }

  destroy(): void {
    this.pipe.destroy();
  }
}

const messagesOf = (handler: PullHandler): Pick<PipeHandler, 'frame' | 'text'> =>
  handler.text === undefined
    ? { frame: (_, payload) => handler.message(payload) }
    : { text: (_, text) => handler.text(text) };
