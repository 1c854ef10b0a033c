/** Values one after the other that all come at once: stands in for a stream without end. */
export function many(): { values: Iterable<number>; taken: () => number } {
  let taken = 0;
  function* count(): Iterable<number> {
    while (taken < 1_000) yield (taken += 1);
  }
  return { values: count(), taken: () => taken };
}
