import { randomUUID } from 'node:crypto';

/**
 * A string literal, or one of the three words that Python's `json.dumps` writes and JSON does not know: as a value of its
 * own, neither a part of a number nor a key.
 */
const STRING_OR_WORD = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\w.+-])(?:-?Infinity|NaN)(?![\w.]|\s*:)/g;

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
  let marked = false;
  const json = text.replace(STRING_OR_WORD, (token) => {
    if (token.startsWith('"')) return token;
    // 1e999 overflows to Infinity by the rules of JSON.parse.
    if (token !== 'NaN') return token.replace('Infinity', '1e999');
    marked = true;
    return `"${NAN}"`;
  });
  return marked ? JSON.parse(json, (_, value: unknown) => (value === NAN ? NaN : value)) : JSON.parse(json);
}
