const LIMIT = 200;

/** The beginning of a foreign text, for the text of an error. */
export const excerpt = (text: string): string => (text.length > LIMIT ? `${text.slice(0, LIMIT)}…` : text);
