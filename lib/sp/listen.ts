import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { addressInUse, addressTooLong, channelBind, type RxportError } from '../errors.js';
import { listenerOwner } from './listener-owner.js';

/** `sun_path` has 108 bytes with its closing zero; a longer path is cut in silence by libuv. */
const MAX_PATH_BYTES = 107;

export interface Listener {
  readonly path: string;
  /** Resolves when the path is free again: an early re-listen would have its file removed by the old server. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /**
   * Whether a paused socket goes on to fill a buffer of Node; default true. Without it a flooding source with messages of
   * 30 bytes can be slowed to 1,000 a second, with it to 1,950.
   */
  readonly readAhead?: boolean;
}

/**
 * Listens on a unix socket that only this user can open.
 *
 * A stale file is removed after a failed probe, and only if it is a socket of this user. Rejects with
 * `ERR_ADDRESS_TOO_LONG`, `ERR_ADDRESS_IN_USE` or `ERR_CHANNEL_BIND`.
 */
export async function listen(
  path: string,
  connected: (socket: Socket) => void,
  options: ListenOptions = {},
): Promise<Listener> {
  checkPath(path);
  try {
    return await bind(path, connected, options);
  } catch (cause) {
    if (codeOf(cause) !== 'EADDRINUSE') throw bindFailed(path, cause);
  }
  await removeStale(path);
  try {
    return await bind(path, connected, options);
  } catch (cause) {
    throw codeOf(cause) === 'EADDRINUSE' ? await inUse(path) : bindFailed(path, cause);
  }
}

const inUse = async (path: string): Promise<RxportError> => addressInUse(path, await listenerOwner(path));

/** libuv says EACCES for a missing folder too. */
const bindFailed = (path: string, cause: unknown): RxportError =>
  channelBind(path, codeOf(cause) === 'EACCES' ? 'its folder does not exist or may not be written' : cause);

/** Throws `ERR_ADDRESS_TOO_LONG`. */
export function checkPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES) throw addressTooLong(path, bytes);
}

function bind(path: string, connected: (socket: Socket) => void, options: ListenOptions): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer({ highWaterMark: options.readAhead === false ? 1 : undefined }, connected);
    // Stays: after listen() it hears of connections that could not be accepted, and those peers dial again.
    server.on('error', reject);
    // Exclusive: a cluster worker would leave the bind to its primary, at a later moment.
    ownerOnly(() =>
      server.listen({ path, exclusive: true }, () => resolve({ path, close: () => closeServer(server) })),
    );
  });
}

/** The server's `close` comes after its last connection's: the owner of the connections ends them first. */
const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

/** Runs `bind` so that the socket file it makes, at once, has mode 0600. */
export function ownerOnly<T>(bind: () => T): T {
  const umask = process.umask(0o177);
  try {
    return bind();
  } finally {
    process.umask(umask);
  }
}

/**
 * Frees `path` from a file that nobody listens on. Rejects with `ERR_ADDRESS_IN_USE` when somebody does, and with
 * `ERR_CHANNEL_BIND` when the file is not a socket of this user.
 */
export async function removeStale(path: string): Promise<void> {
  if (await answers(path)) throw await inUse(path);
  const file = await lstat(path).catch(() => undefined);
  if (file === undefined) return;
  if (!file.isSocket() || file.uid !== process.getuid?.()) {
    throw channelBind(path, 'the path exists and is not a socket of this user');
  }
  await unlink(path).catch(() => undefined);
}

/** True when a listener accepts connections on `path`. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve, reject: (error: RxportError) => void) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (cause) => {
      const code = codeOf(cause);
      // Its backlog is full: somebody is there, and busy.
      if (code === 'EAGAIN') resolve(true);
      else if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTSOCK') resolve(false);
      else reject(channelBind(path, cause));
    });
  });
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
