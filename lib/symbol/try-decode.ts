import { isLeft } from 'fp-ts/lib/Either.js';
import { type Decoder, Type } from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';
import { messageInvalid, reasonOf, type RxportError } from '../errors.js';

type Decoded<T> = { readonly value: T; readonly error?: undefined } | { readonly error: RxportError };

/** Never throws: what a codec refuses, or throws on, is an error in place of the value. */
export function tryDecode<T>(decode: Decoder<unknown, T>, value: unknown, address: string): Decoded<T> {
  try {
    // `is` costs a quarter of `decode`, and holds for nearly every value.
    if (decode instanceof Type && decode.is(value)) return { value: value as T };
    const decoded = decode.decode(value);
    if (!isLeft(decoded)) return { value: decoded.right };
    return { error: messageInvalid(address, PathReporter.report(decoded)) };
  } catch (thrown) {
    // A codec is a user's function.
    return { error: messageInvalid(address, [reasonOf(thrown)]) };
  }
}
