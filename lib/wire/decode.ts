import { isLeft } from 'fp-ts/lib/Either.js';
import type { Decoder } from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { messageInvalid, reasonOf, type RxportError } from '../errors.js';

/** `value` as `codec` reads it. Throws `invalid(problems)`, each problem with its path. */
export function decodeWith<A>(
  codec: Decoder<unknown, A>,
  value: unknown,
  invalid: (problems: readonly string[]) => RxportError,
): A {
  const decoded = codec.decode(value);
  if (isLeft(decoded)) throw invalid(PathReporter.report(decoded));
  return decoded.right;
}

/** JSON text as `codec` reads it. Throws `ERR_MESSAGE_INVALID` with the address it came from. */
export function decodeText<A>(codec: Decoder<unknown, A>, text: string, address: string): A {
  return decodeWith(codec, parse(text, address), (problems) => messageInvalid(address, problems));
}

function parse(text: string, address: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw messageInvalid(address, [`not JSON: ${reasonOf(cause)}`]);
  }
}
