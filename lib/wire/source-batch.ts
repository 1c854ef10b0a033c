/** How many tuples one frame of a source holds at most, and how much text; a tuple alone may be larger. */
export const BATCH_TUPLES = 1_024;
export const BATCH_TEXT = 64 * 1024;

/** Plugin → host, tuples that are encoded already: one as it is, several as `[{"message":1,"meta":null},…]`. */
export const encodeTuples = (tuples: readonly string[]): string =>
  tuples.length === 1 ? (tuples[0] ?? '') : `[${tuples.join(',')}]`;

export const isBatch = (text: string): boolean => text.startsWith('[');

/** The texts of the values in a JSON list; undefined when it is none. What is wrong inside of a value stays there. */
export function splitList(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  let depth = 0;
  let from = 1;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === '[' || char === '{') depth += 1;
    else if (char === ',' && depth === 1) {
      parts.push(text.slice(from, at));
      from = at + 1;
    } else if (char === ']' || char === '}') {
      depth -= 1;
      if (depth > 0) continue;
      parts.push(text.slice(from, at));
      return text.slice(at + 1).trim() === '' ? parts : undefined;
    }
  }
  return undefined;
}

/** The place of the quote that closes the string at `open`. */
function endOfString(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
