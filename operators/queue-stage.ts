import { currentScope, type Holds, marksOf, type Overflow, Stage } from '../lib/stage.js';

/** The stage of an operator with a queue: of the rule that it is subscribed in, or of nobody. */
export function queueStage(name: string, overflow: Overflow, depth: () => number, holds?: Holds): Stage {
  const marks = marksOf(overflow);
  return currentScope()?.stage('queue', name, depth, marks, holds) ?? new Stage('queue', name, depth);
}
