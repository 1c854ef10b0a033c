import type { ProcessState } from '../process/state.js';
import type { PluginFault } from './journal.js';

/**
 * Why a plugin is not there: also while it is being started once more after its end, when that is of more use than that it is
 * being started. Undefined when it is there, was stopped, or comes for the first time.
 */
export function faultOf(
  state: ProcessState,
  lastErrors: readonly PluginFault[],
): Pick<PluginFault, 'code' | 'message'> | undefined {
  if ('error' in state) return state.error;
  return state.phase === 'starting' && state.attempt > 0 ? lastErrors.at(-1) : undefined;
}
