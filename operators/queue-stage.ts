import { currentScope, marksOf, type Overflow, Stage } from '../lib/stage.js';

/** The stage of an operator with a queue: of the rule that it is subscribed in, or of nobody. */
export function queueStage(name: string, overflow: Overflow, depth: () => number): Stage {
  const marks = marksOf(overflow);
  return currentScope()?.stage('queue', name, depth, marks) ?? new Stage('queue', name, depth);
}
