import { reasonOf, valueInvalid } from '../errors.js';
import { encodeResultText } from '../wire/function.js';
import { encodeMessage, encodeSourceError, encodeTuple } from '../wire/source.js';
import { WithMeta } from './with-meta.js';

/**
 * A value of a source as a frame; `brief` leaves out a meta that is null. Throws `ERR_VALUE_INVALID` when JSON can not
 * hold it.
 */
export function valueFrame(value: unknown, brief = false): string {
  if (brief && !(value instanceof WithMeta)) return encodeMessage(jsonOf('value', value));
  const { value: message, meta } = value instanceof WithMeta ? (value as WithMeta) : { value, meta: null };
  if (meta !== null && (typeof meta !== 'object' || Array.isArray(meta)))
    throw noJson('meta', 'an array or a primitive is no object');
  const frame = encode('value', () => encodeTuple(message, meta));
  // `undefined`, a function, a symbol: JSON.stringify leaves the key out.
  if (!frame.startsWith('{"message":')) throw noJson('value', `${what(message)} has no JSON`);
  return frame;
}

/** A result of a function as JSON; `undefined` becomes null. Throws `ERR_VALUE_INVALID` when JSON can not hold it. */
export const resultText = (result: unknown = null): string => jsonOf('result', result);

/** The same as the reply to a single call. */
export const resultFrame = (result: unknown): string => encodeResultText(resultText(result));

/**
 * An error of a source as a frame: `{"error":"boom"}`, with `"dropped":5` when it has dropped values since the last one.
 *
 * A stock eKuiper takes that for an empty tuple. It reports as an error what it can not decode, so there the frame is
 * what the Go SDK sends: the same text as a JSON string.
 */
export const errorFrame = (text: string, stock: boolean, dropped = 0): string =>
  stock ? JSON.stringify(encodeSourceError(text)) : encodeSourceError(text, dropped);

function jsonOf(subject: string, value: unknown): string {
  // Its type says string; for what has no JSON it answers undefined.
  const text = encode(subject, () => JSON.stringify(value) as string | undefined);
  if (text === undefined) throw noJson(subject, `${what(value)} has no JSON`);
  return text;
}

function encode<T>(subject: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw noJson(subject, reasonOf(error));
  }
}

const noJson = (subject: string, problem: string) => valueInvalid(subject, [problem]);

const what = (value: unknown): string => (value === undefined ? 'undefined' : `a ${typeof value}`);
