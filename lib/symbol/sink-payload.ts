import { sinkEncode } from '../errors.js';
import type { SinkOptions } from './sink.js';

/** What goes out for a value of a sink. Throws `ERR_SINK_ENCODE`, and what a `toJSON` of the value throws. */
export function sinkPayload(
  value: unknown,
  { symbol, options }: { readonly symbol: string; readonly options: SinkOptions },
): string | Uint8Array {
  const { encode = 'json', sendSingle = true } = options;
  if (value instanceof Uint8Array) return value;
  if (encode === 'raw' && typeof value === 'string') return value;
  const text: string | undefined = JSON.stringify(sendSingle ? value : [value]);
  if (text === undefined) throw sinkEncode(symbol, `${typeof value} has no JSON`);
  return text;
}
