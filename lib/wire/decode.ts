import { isLeft } from 'fp-ts/lib/Either.js';
import type { Decoder } from 'io-ts';
import { messageInvalid, problemsOf, reasonOf } from '../errors.js';

/** JSON text as `codec` reads it. Throws `ERR_MESSAGE_INVALID` with the address it came from, and each problem with its path. */
export function decodeText<A>(codec: Decoder<unknown, A>, text: string, address: string): A {
  const decoded = codec.decode(parse(text, address));
  if (isLeft(decoded)) throw messageInvalid(address, problemsOf(decoded.left));
  return decoded.right;
}

function parse(text: string, address: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw messageInvalid(address, [`not JSON: ${reasonOf(cause)}`]);
  }
}
