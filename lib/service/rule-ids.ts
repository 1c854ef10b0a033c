/** A rule file and the ids of its rules. */
export interface Claim {
  readonly file: string;
  readonly ids: readonly string[];
}

export interface TakenId {
  readonly id: string;
  /** The file that has it. */
  readonly owner: string;
}

/** Each id belongs to one file, once: the first of `claim` that is another's, or its own twice. */
export function takenId({ file, ids }: Claim, others: readonly Claim[]): TakenId | undefined {
  for (const [index, id] of ids.entries()) {
    const owner = others.find((other) => other.file !== file && other.ids.includes(id));
    if (owner !== undefined) return { id, owner: owner.file };
    if (ids.indexOf(id) < index) return { id, owner: 'the same list' };
  }
  return undefined;
}

/**
 * Of files that were refused for the ids of others those that can come together, each in place of what it had: two that
 * have swapped ids, or one whose id another has given up. `standing` has all files with what they have now.
 */
export function comingTogether(refused: readonly Claim[], standing: readonly Claim[]): readonly Claim[] {
  const left = standing.filter(({ file }) => refused.every((one) => one.file !== file));
  const loser = refused.findLast((one) => takenId(one, [...left, ...refused]) !== undefined);
  if (loser === undefined) return refused;
  return comingTogether(
    refused.filter((one) => one !== loser),
    standing,
  );
}
