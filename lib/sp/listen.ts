import { lstat, unlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { addressInUse, addressTooLong, channelBind, type RxportError } from '../errors.js';

/** `sun_path` has 108 bytes with its closing zero; a longer path is cut in silence by libuv. */
const MAX_PATH_BYTES = 107;

export interface Listener {
  readonly path: string;
  /** Resolves when the path is free again: an early re-listen would have its file removed by the old server. */
  close(): Promise<void>;
}

/**
 * Listens on a unix socket that only this user can open.
 *
 * A stale file is removed after a failed probe, and only if it is a socket of this user. Rejects with
 * `ERR_ADDRESS_TOO_LONG`, `ERR_ADDRESS_IN_USE` or `ERR_CHANNEL_BIND`.
 */
export async function listen(path: string, connected: (socket: Socket) => void): Promise<Listener> {
  checkPath(path);
  try {
    return await bind(path, connected);
  } catch (cause) {
    if (codeOf(cause) !== 'EADDRINUSE') throw channelBind(path, cause);
  }
  await removeStale(path);
  try {
    return await bind(path, connected);
  } catch (cause) {
    throw channelBind(path, cause);
  }
}

/** Throws `ERR_ADDRESS_TOO_LONG`. */
export function checkPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES) throw addressTooLong(path, bytes);
}

function bind(path: string, connected: (socket: Socket) => void): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer(connected);
    server.once('error', reject);
    // 0600: the file is made inside listen(), before anything else can run.
    const umask = process.umask(0o177);
    try {
      server.listen(path, () => {
        server.off('error', reject);
        resolve({ path, close: () => closeServer(server) });
      });
    } finally {
      process.umask(umask);
    }
  });
}

/** The server's `close` comes after its last connection's: the owner of the connections ends them first. */
const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });

async function removeStale(path: string): Promise<void> {
  if (await answers(path)) throw addressInUse(path);
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
      if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ENOTSOCK') resolve(false);
      else reject(channelBind(path, cause));
    });
  });
}

function codeOf(cause: unknown): unknown {
  return typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
}
