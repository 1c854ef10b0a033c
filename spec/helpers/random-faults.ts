/** What happens at random to a rule over the scripted plugin. */
import fc from 'fast-check';
import type { Rule } from '../../lib/index.js';
import type { SharedHost } from './shared-host.js';

export type Fault = 'restart' | 'nothing' | 'kill';

export const faultScript = fc.array(fc.constantFrom<Fault>('restart', 'nothing', 'kill'), { maxLength: 4 });

/** A plugin that dies ten times in five minutes is not started again. */
const KILLS = 8;

export function faultsOf(shared: SharedHost): Readonly<Record<Fault, (rule: Rule) => void>> {
  let kills = 0;
  return {
    kill: () => {
      const { state } = shared.plugin;
      if (state.phase !== 'ready' || kills === KILLS) return;
      kills += 1;
      try {
        process.kill(state.pid, 'SIGKILL');
      } catch {
        // It is dead, and its host has not noticed yet.
      }
    },
    restart: (rule) => void rule.restart().catch(() => undefined),
    nothing: () => undefined,
  };
}
