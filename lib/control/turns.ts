import type { InstalledPlugin } from '../install/installed-plugin.js';
import type { ProcessState } from '../process/state.js';

/**
 * Of the processes of one plugin one comes at a time, the first before all others: who shakes hands is told by who is
 * expected. Decided here, of the state of the first process and of its replicas.
 */

/** Which replica that has not been started yet is to be started now, by its position. */
export function nextToStart(first: ProcessState, replicas: readonly ProcessState[]): number | undefined {
  // A plugin whose first process does not come need not fail several times at once.
  if (first.phase !== 'ready' || replicas.some(isComing)) return undefined;
  const index = replicas.findIndex(({ phase }) => phase === 'stopped');
  return index === -1 ? undefined : index;
}

/** Milliseconds before it is due in which the first process is not to be kept waiting. */
const SOON = 1_000;

/** Whether a replica that has died may be started again now; `others` are those beside it. */
export const mayFollow = (first: ProcessState, others: readonly ProcessState[], now: number): boolean =>
  !isComing(first) && !(first.phase === 'backoff' && first.until - now <= SOON) && !others.some(isComing);

/** Whether the first process may be started again now. */
export const mayLead = (replicas: readonly ProcessState[]): boolean => !replicas.some(isComing);

const isComing = ({ phase }: ProcessState): boolean => phase === 'starting';

const ALIVE: readonly ProcessState['phase'][] = ['starting', 'ready', 'stopping'];

/** Whether one more replica can be started beside so many of the version before: one more than they are to be at most. */
export const hasRoom = (replicas: readonly ProcessState[], olds: number): boolean =>
  replicas.filter(({ phase }) => ALIVE.includes(phase)).length + olds <= replicas.length;

/**
 * Which replicas of the version before may go, by their places: those whose place a new one has taken, or that have no place
 * among the new ones. As many stay as it takes for a full crew; `come` says of each place whether a new one is there.
 */
export function mayGo(olds: readonly number[], come: readonly boolean[]): readonly number[] {
  const tooMany = olds.length + come.filter(Boolean).length - come.length;
  return olds.filter((place) => come[place] !== false).slice(0, Math.max(0, tooMany));
}

/** How many replicas a plugin has beside its first process; `wishes` count that one. */
export function replicasOf(
  { name, manifest }: InstalledPlugin,
  { replicas = {} }: { readonly replicas?: Readonly<Record<string, number>> | undefined },
  wishes: readonly number[],
): number {
  // A plugin may be called like what every object has.
  const own = Object.hasOwn(replicas, name) ? replicas[name] : undefined;
  return Math.max(own ?? manifest.replicas ?? 1, ...wishes) - 1;
}
