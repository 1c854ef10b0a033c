import { isLeft } from 'fp-ts/lib/Either.js';
import type { Decoder } from 'io-ts';
import { messageInvalid, problemsOf, reasonOf, type RxportError } from '../errors.js';
import { keepsValue } from './keeps-value.js';

export type Decoded<T> = { readonly value: T; readonly error?: undefined } | { readonly error: RxportError };

export type Decode<T> = (value: unknown) => Decoded<T>;

/** Decodes the messages of `address`. Never throws: what a codec refuses, or throws on, is an error in place of the value. */
export function decoderOf<T>(codec: Decoder<unknown, T>, address: string): Decode<T> {
  const quick = keepsValue(codec) ? codec : undefined;
  return (value) => {
    try {
      if (quick?.is(value) === true) return { value: value as T };
      const decoded = codec.decode(value);
      if (!isLeft(decoded)) return { value: decoded.right };
      return { error: messageInvalid(address, problemsOf(decoded.left)) };
    } catch (thrown) {
      // A codec is a user's function.
      return { error: messageInvalid(address, [reasonOf(thrown)]) };
    }
  };
}
