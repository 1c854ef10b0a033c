/** Circles in what files import, each as `a → b → a` from its first file by name; the shortest one for each such file. */
export function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  return [...imports.keys()].sort().flatMap((first) => {
    const way = wayBack(first, imports);
    return way === undefined ? [] : [way.join(' → ')];
  });
}

/** Over later files only: a circle with an earlier one is found from there. */
function wayBack(first: string, imports: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const seen = new Set<string>();
  let ways: readonly (readonly string[])[] = [[first]];
  while (ways.length > 0) {
    const longer = ways.flatMap((way) => (imports.get(way.at(-1) ?? first) ?? []).map((next) => [...way, next]));
    const back = longer.find((way) => way.at(-1) === first);
    if (back !== undefined) return back;
    ways = longer.filter((way) => isFresh(way.at(-1) ?? first));
  }
  return undefined;

  function isFresh(file: string): boolean {
    if (file < first || seen.has(file)) return false;
    seen.add(file);
    return true;
  }
}
