import { frameTooLarge } from '../errors.js';

/** Largest payload, in bytes, where nothing else is said. */
export const MAX_FRAME = 64 * 1024 * 1024;
/** Above this many bytes on their way to the kernel `send` answers false. */
export const HIGH_WATER = 256 * 1024;
/** What Node reads of a socket at once, in bytes, when there is as much. */
export const READ_BYTES = 65_536;
/** More than a kernel holds for a connection, in bytes: what a gulp reads at most, besides the rest of its last frame. */
export const MOST_GULP = 256 * 1024;
/** How long a peer may take for its greeting, in milliseconds. */
export const GREETING_TIMEOUT = 5_000;

/** Throws `ERR_FRAME_TOO_LARGE` when `body` with `prefix` bytes in front takes more than `limit` bytes. */
export function checkSize(address: string, body: string | Uint8Array, prefix: number, limit: number): void {
  // A UTF-16 unit takes at most three bytes: most strings need no count.
  if (prefix + body.length * 3 <= limit) return;
  const bytes = prefix + (typeof body === 'string' ? Buffer.byteLength(body) : body.length);
  if (bytes > limit) throw frameTooLarge(address, bytes, limit);
}
