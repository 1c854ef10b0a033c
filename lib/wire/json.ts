/** A string literal, or one of the three words that Python's `json.dumps` writes and JSON does not know. */
const STRING_OR_WORD = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

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
  // 1e999 overflows to Infinity by the rules of JSON.parse; NaN has no number, so a string that the text does not hold
  // stands in for it.
  let marker = 'NaN';
  while (text.includes(`"${marker}"`)) marker += '~';
  let marked = false;
  const json = text.replace(STRING_OR_WORD, (token) => {
    if (token.startsWith('"')) return token;
    if (token !== 'NaN') return token.replace('Infinity', '1e999');
    marked = true;
    return `"${marker}"`;
  });
  return marked ? JSON.parse(json, (_, value: unknown) => (value === marker ? NaN : value)) : JSON.parse(json);
}
