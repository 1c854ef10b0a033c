/** What is sent: a number, and what fills the tuple up to its size. */

export interface Value {
  readonly i: number;
  readonly pad: string;
}

/** Numbers begin here: all have as many digits, so that all tuples have one size. */
export const FIRST = 100_000;

/** A value whose JSON, in a frame with so many bytes around it, has `size` bytes. */
export const valueOf = (size: number, around = 0): Value => ({ i: FIRST, pad: padding(size, around) });

/** Values that count up. */
export function counter(size: number): () => Value {
  const pad = padding(size, 0);
  let i = FIRST;
  return () => ({ i: i++, pad });
}

export const padding = (size: number, around: number): string =>
  'x'.repeat(Math.max(1, size - around - JSON.stringify({ i: FIRST, pad: '' }).length));
