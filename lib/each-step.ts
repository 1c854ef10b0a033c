/**
 * Each step after the one before it, also where that has failed: what is let go last is let go on every path. Rejects with
 * the first error when all are done.
 */
export async function eachStep(...steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
