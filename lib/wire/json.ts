import { randomUUID } from 'node:crypto';

/**
 * The three words that Python's `json.dumps` writes and JSON does not know, where they are values: neither a part of a
 * number nor a key.
 */
const WORD = /(?<![\w.+-])(?:-?Infinity|NaN)(?![\w.]|\s*:)/g;

/** Stands for NaN, which no number in JSON means; random, so that no text holds it. */
const NAN = randomUUID();

/**
 * `JSON.parse`, and where that fails once more with the `NaN`, `Infinity` and `-Infinity` of Python taken as the
 * numbers they mean. Throws `SyntaxError` for anything else.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/NaN|Infinity/.test(text)) throw error;
    return parseWithWords(text);
  }
}

function parseWithWords(text: string): unknown {
  const parts: string[] = [];
  // By hand: one expression for strings and words would go over an unfinished string again and again.
  for (let at = 0; at < text.length;) {
    const open = indexOrEnd(text, '"', at);
    const behind = endOfString(text, open);
    parts.push(text.slice(at, open).replace(WORD, asJson), text.slice(open, behind));
    at = behind;
  }
  const json = parts.join('');
  return json.includes(NAN) ? JSON.parse(json, (_, value: unknown) => (value === NAN ? NaN : value)) : JSON.parse(json);
}

/** 1e999 overflows to Infinity by the rules of JSON.parse. */
const asJson = (word: string): string => (word === 'NaN' ? `"${NAN}"` : word.replace('Infinity', '1e999'));

/** The place behind the string that opens at `open`. */
function endOfString(text: string, open: number): number {
  let close = indexOrEnd(text, '"', open + 1);
  while (isEscaped(text, close)) close = indexOrEnd(text, '"', close + 1);
  return close + 1;
}

/** True when an odd number of backslashes stands before `at`. */
function isEscaped(text: string, at: number): boolean {
  let first = at;
  while (text[first - 1] === '\\') first -= 1;
  return at < text.length && (at - first) % 2 === 1;
}

function indexOrEnd(text: string, part: string, from: number): number {
  const index = text.indexOf(part, from);
  return index < 0 ? text.length : index;
}
