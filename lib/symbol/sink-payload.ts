import type { PluginLink } from '../control/plugin-link.js';
import { RxportError, sinkEmpty, sinkEncode } from '../errors.js';
import type { SinkOptions } from './sink.js';

interface PayloadSpec {
  readonly symbol: string;
  readonly link: Pick<PluginLink, 'refusesEmpty'>;
  readonly options: SinkOptions;
}

/** What goes out for a value of a sink. Throws `ERR_SINK_ENCODE`, and no other than an `RxportError`. */
export function sinkPayload(value: unknown, spec: PayloadSpec): string | Uint8Array {
  let payload: string | Uint8Array;
  try {
    payload = encode(value, spec);
  } catch (thrown) {
    // Of a `toJSON`, say.
    throw thrown instanceof RxportError ? thrown : sinkEncode(spec.symbol, thrown);
  }
  if (payload.length === 0 && spec.link.refusesEmpty) throw sinkEmpty(spec.symbol);
  return payload;
}

function encode(value: unknown, { symbol, options }: PayloadSpec): string | Uint8Array {
  const { encode = 'json', sendSingle = true } = options;
  if (value instanceof Uint8Array) return value;
  if (encode === 'raw' && typeof value === 'string') return value;
  const text: string | undefined = JSON.stringify(sendSingle ? value : [value]);
  if (text === undefined) throw sinkEncode(symbol, `${typeof value} has no JSON`);
  return text;
}
