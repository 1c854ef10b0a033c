/** Resolves when `signal` aborts, or when `work` settles. */
export function untilEnded(signal: AbortSignal, work?: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) return done();
    signal.addEventListener('abort', done);
    void work?.then(done, done);
  });
}
