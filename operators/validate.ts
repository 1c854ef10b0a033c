import { isRight } from 'fp-ts/lib/Either.js';
import type { Decoder } from 'io-ts';
import { filter, map, type OperatorFunction } from 'rxjs';
import { problemsOf, valueInvalid, type RxportError } from '../lib/errors.js';
import { handTo, type Late } from './late.js';

/** A value that the codec refused; `error` is `ERR_VALUE_INVALID` and says where in the value. */
export interface Invalid {
  readonly value: unknown;
  readonly error: RxportError;
}

export interface ValidateOptions {
  /** Takes the values that the codec refused. Default: the first one is the error of the stream. */
  readonly invalid?: Late<Invalid>;
}

/**
 * Emits what `codec` decodes each value to; from here on its type is more than a claim.
 *
 * ```ts
 * const Reading = t.type({ celsius: t.number }, 'Reading');
 * lines.pipe(map((line) => JSON.parse(line)), validate(Reading, { invalid: ({ error }) => log.warn(error.message) }))
 * // validate(Reading): Invalid value "hot" supplied to : Reading/celsius: number
 * ```
 *
 * Without `invalid` a value that the codec refuses ends the stream with `ERR_VALUE_INVALID`. What the codec or `invalid`
 * throws becomes the error of the stream as it was thrown.
 */
export function validate<A>(
  codec: Decoder<unknown, A>,
  { invalid }: ValidateOptions = {},
): OperatorFunction<unknown, A> {
  const refuse =
    invalid === undefined
      ? ({ error }: Invalid): void => {
          throw error;
        }
      : handTo(invalid);

  return (source) =>
    source.pipe(
      map((value) => {
        const decoded = codec.decode(value);
        if (!isRight(decoded))
          refuse({ value, error: valueInvalid(`validate(${codec.name})`, problemsOf(decoded.left)) });
        return decoded;
      }),
      filter(isRight),
      map(({ right }) => right),
    );
}
