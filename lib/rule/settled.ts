/** Waits for all of `list()`, and for what is added to it meanwhile. None of them rejects. */
export async function settled(list: () => readonly Promise<unknown>[]): Promise<void> {
  const seen = new Set<Promise<unknown>>();
  for (let fresh = list(); fresh.length > 0; fresh = list().filter((promise) => !seen.has(promise))) {
    for (const promise of fresh) seen.add(promise);
    await Promise.all(fresh);
  }
}
