const LONGEST = 120;

/** Any value as a short text for an error. */
export function show(value: unknown): string {
  const text = typeof value === 'number' ? `${value}` : typeof value === 'bigint' ? `${value}n` : json(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    // A bigint inside, a cycle, or a `toJSON` that throws.
    return Object.prototype.toString.call(value);
  }
}
