import * as t from 'io-ts';

/** Exactly this text, and no other that begins like it, is a keepalive. */
export const HANDSHAKE = 'handshake';

/** Extensions that are used only when both sides named them. */
export const CAPABILITIES = ['complete', 'batch'] as const;
/** `complete`: a source may send `{"complete":true}` as its last frame. `batch`: a frame may hold several of a kind. */
export type Capability = (typeof CAPABILITIES)[number];
export const COMPLETE: Capability = 'complete';
export const BATCH: Capability = 'batch';

const Greeting = t.type({ v: t.literal(1), sdk: t.string, caps: t.array(t.string) });

/** What a plugin says of itself in its first frame; a stock SDK says nothing. */
export interface PeerInfo {
  readonly sdk: string | undefined;
  readonly capabilities: ReadonlySet<string>;
}

const STOCK: PeerInfo = { sdk: undefined, capabilities: new Set() };

/** Plugin → host, first frame of our SDK, on a function channel too where the host batches: `handshake {"v":1,"sdk":"rxport-ts/0.1.0","caps":["complete"]}`. */
export const encodeHandshake = (sdk: string, capabilities: readonly string[]): string =>
  `${HANDSHAKE} ${JSON.stringify({ v: 1, sdk, caps: capabilities })}`;

/** True for what a new process says first, and for a keepalive. */
export const isHandshake = (text: string): boolean => text === HANDSHAKE || text.startsWith(`${HANDSHAKE} {`);

/** A stock SDK says nothing of itself, and so does a process that repeats its last answer. */
export function decodeHandshake(text: string): PeerInfo {
  if (!text.startsWith(`${HANDSHAKE} `)) return STOCK;
  try {
    const greeting: unknown = JSON.parse(text.slice(HANDSHAKE.length + 1));
    return Greeting.is(greeting) ? { sdk: greeting.sdk, capabilities: new Set(greeting.caps) } : STOCK;
  } catch {
    return STOCK;
  }
}
