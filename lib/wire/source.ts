import * as t from 'io-ts';
import { messageInvalid, reasonOf, type RxportError, showJson } from '../errors.js';
import { excerpt } from './excerpt.js';
import { parseJson } from './json.js';
import { splitList } from './source-batch.js';
import { textIn } from './text.js';

/** Plugin → host: `{"message":{"i":0},"meta":null}`; `decodeSourceFrame` reads it without the cost of the codec. */
export const SourceMessage = t.intersection([
  t.type({ message: t.unknown }),
  t.partial({ meta: t.union([t.UnknownRecord, t.null]) }),
]);
export type SourceMessage = t.TypeOf<typeof SourceMessage>;

export type SourceFrame =
  | { readonly type: 'tuple'; readonly message: unknown; readonly meta: Readonly<Record<string, unknown>> }
  | { readonly type: 'error'; readonly text: string; readonly dropped?: number }
  | { readonly type: 'complete' }
  | { readonly type: 'invalid'; readonly error: RxportError };

const NO_META: Readonly<Record<string, unknown>> = Object.freeze({});
const COMPLETE: SourceFrame = { type: 'complete' };

export type Parse = (text: string) => unknown;

/**
 * One frame of a source.
 *
 * Never throws: what can not be read is a frame of type `invalid`. An `error` key is looked at first, since an error
 * frame has no message; the Go SDK sends its errors as a JSON string that holds JSON-like text.
 */
export function decodeSourceFrame(payload: string | Buffer, address: string, parse: Parse = parseJson): SourceFrame {
  const text = typeof payload === 'string' ? payload : textIn(payload);
  let frame: unknown;
  try {
    frame = parse(text);
  } catch (cause) {
    return { type: 'invalid', error: messageInvalid(address, [`not JSON: ${reasonOf(cause)}`]) };
  }
  return frameOf(frame, address, () => text);
}

/**
 * The frames in one that holds several. Never throws.
 *
 * Parsed at once, unless the user has a `parse`, which sees the text of each tuple as it does in a frame of its own.
 */
export function decodeSourceBatch(text: string, address: string, parse?: Parse): readonly SourceFrame[] {
  const texts = parse && splitList(text);
  if (texts !== undefined) return texts.map((part) => decodeSourceFrame(part, address, parse));
  let frames: unknown;
  try {
    frames = parseJson(text);
  } catch (cause) {
    return [{ type: 'invalid', error: messageInvalid(address, [`not JSON: ${reasonOf(cause)}`]) }];
  }
  // An empty one holds nothing that could be lost, and means nothing either.
  if (!Array.isArray(frames) || frames.length === 0) return [invalid(address, text)];
  return frames.map((frame: unknown) => frameOf(frame, address, () => showJson(frame)));
}

function frameOf(frame: unknown, address: string, text: () => string): SourceFrame {
  if (typeof frame === 'string') return { type: 'error', text: goErrorText(frame) };
  if (typeof frame !== 'object' || frame === null) return invalid(address, text());
  if ('error' in frame) return { type: 'error', text: textOf(frame.error), ...droppedIn(frame) };
  if (!('message' in frame)) {
    return 'complete' in frame && frame.complete === true ? COMPLETE : invalid(address, text());
  }
  const meta = 'meta' in frame ? frame.meta : undefined;
  if (meta === undefined || meta === null) return { type: 'tuple', message: frame.message, meta: NO_META };
  if (typeof meta !== 'object' || Array.isArray(meta)) return invalid(address, text());
  return { type: 'tuple', message: frame.message, meta: meta as Readonly<Record<string, unknown>> };
}

export const encodeTuple = (message: unknown, meta: Readonly<Record<string, unknown>> | null): string =>
  JSON.stringify({ message, meta });

/** A tuple without meta, of a message that is JSON already. */
export const encodeMessage = (json: string): string => `{"message":${json}}`;

/** `{"error":"boom"}`; `dropped` says how many values the source has dropped since it last said so. */
export const encodeSourceError = (text: string, dropped = 0): string =>
  JSON.stringify(dropped > 0 ? { error: text, dropped } : { error: text });

export const COMPLETE_FRAME = JSON.stringify({ complete: true });

const invalid = (address: string, text: string): SourceFrame => ({
  type: 'invalid',
  error: messageInvalid(address, [`expected {"message":…,"meta":…}, got ${excerpt(text)}`]),
});

/** `{"error":"boom"}` inside the string; inner quotes are not escaped, so that it may be no JSON. */
function goErrorText(text: string): string {
  try {
    const inner: unknown = JSON.parse(text);
    if (typeof inner === 'object' && inner !== null && 'error' in inner) return textOf(inner.error);
  } catch {
    const [, inside = text] = /^\{"error":"(.*)"\}$/s.exec(text) ?? [];
    return inside;
  }
  return text;
}

/** Of a plugin that knows of it: what is no number of values says nothing. */
function droppedIn(frame: object): { readonly dropped?: number } {
  const dropped = 'dropped' in frame ? frame.dropped : undefined;
  return typeof dropped === 'number' && Number.isSafeInteger(dropped) && dropped > 0 ? { dropped } : {};
}

const textOf = (error: unknown): string => (typeof error === 'string' ? error : showJson(error));
