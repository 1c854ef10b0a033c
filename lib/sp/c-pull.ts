import { addressInUse, channelBind } from '../errors.js';
import { type Library, Readiness, urlOf } from './c-library.js';
import { checkPath, ownerOnly, removeStale } from './listen.js';
import { MAX_FRAME, MOST_GULP } from './limits.js';
import type { ChannelOptions, PullHandler, PullSocket } from './transport.js';

/** Messages taken in one turn of the event loop. */
const BATCH = 1_024;

/** A PULL socket of the C library. Rejects with `ERR_CHANNEL_BIND`, `ERR_ADDRESS_IN_USE`, `ERR_ADDRESS_TOO_LONG`. */
export async function pull(
  nn: Library,
  address: string,
  options: ChannelOptions,
  handler: PullHandler,
): Promise<PullSocket> {
  checkPath(address);
  // First: the library takes every file that nobody listens on for stale, and removes it.
  await removeStale(address);
  const socket = nn.Socket(nn.AF_SP, nn.NN_PULL);
  if (socket < 0) throw channelBind(address, nn.Err());
  nn.Setopt(socket, nn.NN_SOL_SOCKET, nn.NN_RCVMAXSIZE, options.maxFrame ?? MAX_FRAME);
  if (ownerOnly(() => nn.Bind(socket, urlOf(address))) < 0) {
    const error = nn.Errno() === nn.EADDRINUSE ? addressInUse(address) : channelBind(address, nn.Err());
    nn.Close(socket);
    throw error;
  }
  let open = true;
  /** Until nothing is there, or so much was. */
  let once = false;
  let gulped = 0;
  const inContext = options.inContext ?? ((work: () => void) => work());
  const take = (): void => {
    for (let taken = 0; taken < BATCH && readable.watched; taken += 1) {
      const payload = nn.Recv(socket, nn.NN_DONTWAIT);
      if (typeof payload === 'number') {
        if (once) readable.rest();
        return;
      }
      if (handler.text === undefined) handler.message(payload);
      else handler.text(payload.toString());
      gulped += payload.length;
      if (once && gulped > MOST_GULP) readable.rest();
    }
  };
  const readable = new Readiness(nn, socket, false, () => inContext(take));
  readable.watch();
  return {
    address,
    peers: 0,
    held: 0,
    hold: () => undefined,
    release: () => undefined,
    pause: () => readable.rest(),
    resume() {
      once = false;
      if (open) readable.watch();
    },
    readOut() {
      once = true;
      gulped = 0;
      if (open) readable.watch();
    },
    async close() {
      if (!open) return;
      open = false;
      readable.rest();
      nn.Close(socket);
    },
  };
}
