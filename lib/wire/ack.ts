/** Plugin → host, one per message, without an id: `{}` or `{"error":"text"}`. */
export const ACK = '{}';

export const encodeNack = (text: string): string => JSON.stringify({ error: text });

/** The error text of an ack; undefined when it says that all is well. */
export function decodeAck(payload: Buffer): string | undefined {
  const text = payload.toString();
  if (text === ACK) return undefined;
  try {
    const ack: unknown = JSON.parse(text);
    if (typeof ack !== 'object' || ack === null || !('error' in ack)) return undefined;
    const { error } = ack;
    if (error === undefined || error === null || error === '') return undefined;
    return typeof error === 'string' ? error : JSON.stringify(error);
  } catch {
    return text;
  }
}
