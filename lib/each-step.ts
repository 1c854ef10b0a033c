/**
 * Each step when all of the one before it has ended, also where that has failed: what is let go last is let go on every path.
 * Rejects with the first error when all are done.
 */
export async function eachStep(...steps: readonly (() => readonly unknown[])[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      for (const end of await Promise.allSettled(step())) if (end.status === 'rejected') errors.push(end.reason);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
