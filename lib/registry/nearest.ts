/** The one of `names` that `text` was most likely meant to be: one typing error per three letters, at least one. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(text.length / 3));
  const scored = names.map((name) => ({ name, steps: distance(text.toLowerCase(), name.toLowerCase()) }));
  return scored.filter(({ steps }) => steps <= limit).sort((a, b) => a.steps - b.steps)[0]?.name;
}

/** Letters to insert, delete or replace (Levenshtein), row by row. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, a] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, b] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (a === b ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
