import type { FunctionContext } from 'rxport/sdk';
import { RunningScores } from './running-scores.js';

const scores = new RunningScores();

/** `deviation(key, value)`: how unusual a value is among those of its key in this rule, in standard deviations. */
export const deviation = {
  validate: (args: readonly unknown[]): string | undefined =>
    args.length === 2 ? undefined : `deviation takes a key and a value, got ${args.length} arguments`,

  exec([key, value]: readonly unknown[], { ruleId }: FunctionContext): number {
    if (typeof key !== 'string' && typeof key !== 'number')
      throw new Error(`deviation: key is ${JSON.stringify(key)}: give a string or a number`);
    if (typeof value !== 'number')
      throw new Error(`deviation: value of ${key} is ${JSON.stringify(value)}: give a number`);
    // One process serves all rules: two of them may use one key.
    return scores.score(JSON.stringify([ruleId, key]), value);
  },
};
