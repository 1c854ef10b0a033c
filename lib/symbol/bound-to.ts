/**
 * Binds any number of waits to one signal: `aborted` is told at most once, and not after the function that comes back has
 * been called. Together they listen once: Node warns of a leak from the eleventh listener on, and that many calls may
 * well be out.
 */
export function boundTo(signal: AbortSignal | undefined): (aborted: () => void) => () => void {
  const waits = new Set<() => void>();
  const abort = (): void => {
    for (const aborted of waits) aborted();
    waits.clear();
  };
  return (aborted) => {
    waits.add(aborted);
    // The same listener again changes nothing.
    signal?.addEventListener('abort', abort, { once: true });
    return () => {
      waits.delete(aborted);
      if (waits.size === 0) signal?.removeEventListener('abort', abort);
    };
  };
}
