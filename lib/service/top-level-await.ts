import { Script } from 'node:vm';

/**
 * Throws a SyntaxError for code that waits at its top level, before any of it runs.
 *
 * In a function that is not async `await (0, read)(1)`, as a compiler writes the call of what is imported, is no mistake but the
 * call of something that is named `await`. In a static block of a class that is not allowed, nor is any other `await`.
 */
export function refuseTopLevelAwait(code: string): void {
  try {
    new Script(`class Top { static {\n${code}\n} }`);
  } catch (thrown) {
    if (/\bawait\b/.test(code)) throw new SyntaxError('await is only valid in a module', { cause: thrown });
  }
}
