/** Foreign values in the text of an error: never too much of them, and never a second error. */

const LIMIT = 200;

/** The beginning of a text. */
export const excerpt = (text: string): string => (text.length > LIMIT ? `${text.slice(0, LIMIT)}…` : text);

/** A value as JSON. What nests deeper than the stack, or holds a bigint, is parsed by some and can not be written. */
export function showJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return `a ${typeof value} that JSON can not show`;
  }
}
