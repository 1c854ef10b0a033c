import { showJson } from '../errors.js';
import { excerpt } from './excerpt.js';

/** Plugin → host, one per message, without an id: `{}` or `{"error":"text"}`. */
export const ACK = '{}';

export const encodeNack = (text: string): string => JSON.stringify({ error: text });

/** The error text of an ack; undefined when it says that all is well. What is no ack is the text of an error. */
export function decodeAck(payload: Buffer): string | undefined {
  const text = payload.toString();
  if (text === ACK) return undefined;
  const ack = parse(text);
  if (typeof ack !== 'object' || ack === null) return text === '' ? 'an empty ack' : excerpt(text);
  if (!('error' in ack)) return undefined;
  const { error } = ack;
  if (error === null || error === '') return undefined;
  return typeof error === 'string' ? error : showJson(error);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
