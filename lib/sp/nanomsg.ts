/**
 * The `nanomsg` package as a transport; the only file that knows it. Measured against version 4.2.1.
 *
 * Its stream interface reads a third of what the C library delivers, blocks the event loop in `send` while a peer is
 * slow, and forgets at `close` what it still held. So the C functions that it exports are called directly and never
 * wait: messages are taken and handed over when the C socket says that it is ready. What stays: the library hides its
 * connections, drops what it has not read yet when a peer closes (up to what the kernel holds, 0 to 1,500 of 200,000
 * messages), also while its owner reads nothing, so that none of a dead peer comes behind one of the next; and it ends the
 * process when a peer breaks the framing, since it asserts what it reads.
 */
import { transportMissing } from '../errors.js';
import type { Library } from './c-library.js';
import { pull } from './c-pull.js';
import { CPush } from './c-push.js';
import { checkPath } from './listen.js';
import type { Transport } from './transport.js';

const FUNCTIONS = ['Socket', 'Close', 'Setopt', 'Bind', 'Connect', 'Send', 'Recv', 'PollSocket', 'PollStop'] as const;
/** By name: a compiler would want to see what a literal imports, and the package may be missing. */
const PACKAGE = 'nanomsg';

/** Rejects with `ERR_TRANSPORT_MISSING`. */
export async function openNanomsgTransport(load: () => Promise<unknown> = () => import(PACKAGE)): Promise<Transport> {
  const nn = await load().then(libraryOf, (cause: unknown) => {
    throw transportMissing(PACKAGE, cause);
  });
  return {
    name: PACKAGE,
    capabilities: { requestIds: false, manyPeers: false, halfClose: false, peerClose: false, pause: true },
    pull: (address, options, handler) => pull(nn, address, options, handler),
    async push(address, options, handler) {
      checkPath(address);
      return new CPush(nn, address, options, handler).dial(options.timeout);
    },
  };
}

function libraryOf(loaded: unknown): Library {
  const library = (loaded as { default?: { _bindings?: Partial<Library> } }).default?._bindings;
  const missing = FUNCTIONS.filter((name) => typeof library?.[name] !== 'function');
  if (missing.length > 0) throw transportMissing(PACKAGE, `its version has no ${missing.join(', ')}`);
  return library as Library;
}
