import type { Remotes } from '../symbol/remotes.js';
import type { RuleContext } from './define.js';
import type { RuleRun } from './run.js';

/** The factories of one run: what they make belongs to it. */
export const ruleContext = (remotes: Remotes, run: RuleRun): RuleContext => ({
  // The factories carry the types of the names; underneath a value is what the plugin sent.
  source: remotes.source.bind(remotes, run) as RuleContext['source'],
  call: remotes.call.bind(remotes, run) as RuleContext['call'],
  sink: ((...args: RemoveOwner<Remotes['sink']>) => run.addSink(remotes.sink(run, ...args))) as RuleContext['sink'],
  stopping$: run.stopping$,
});

type RemoveOwner<F> = F extends (owner: never, ...args: infer A) => unknown ? A : never;
