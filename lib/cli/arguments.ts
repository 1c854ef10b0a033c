/** How options read their text; what they throw becomes a usage error. */
import { InvalidArgumentError } from 'commander';

export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) {
      throw new InvalidArgumentError(`Use a whole number from ${least} to ${most}.`);
    }
    return value;
  };

/** An option that is said several times. */
export const collected = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  text,
];

/** `NAME` or `NAME=value`, said several times. */
export function variables(text: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^[A-Za-z_][A-Za-z0-9_]*(=|$)/.test(text)) throw new InvalidArgumentError('Use NAME or NAME=value.');
  return collected(text, before);
}
