/** What happens at random to a rule over the scripted plugin. */
import fc from 'fast-check';
import type { Rule, UpdateStrategy } from '../../lib/index.js';
import { versionNaming } from './scripted-plugin.js';
import type { SharedHost } from './shared-host.js';

export type Fault = 'restart' | 'nothing' | 'kill' | 'freeze' | 'overlap' | 'replace';

/** Updates take longest. */
const fault = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom<Fault>('restart', 'nothing', 'kill', 'freeze') },
  { weight: 1, arbitrary: fc.constantFrom<Fault>('overlap', 'replace') },
);

export const faultScript = fc.array(fault, { maxLength: 4 });

/** A plugin that dies ten times in five minutes is not started again. */
const KILLS = 8;
/** Milliseconds that a process is stopped. */
const FROZEN = 40;

export interface Faults {
  /** Resolves when what it has begun is over. */
  readonly strike: (fault: Fault, rule: Rule) => Promise<void>;
  /** How many processes were killed. */
  readonly kills: number;
}

export function faultsOf(shared: SharedHost): Faults {
  let kills = 0;
  let versions = 1;
  const signal = (name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT', pid: number): void => {
    try {
      process.kill(pid, name);
    } catch {
      // It is dead, and its host has not noticed yet.
    }
  };
  const pid = (): number | undefined => {
    const { state } = shared.plugin;
    return state.phase === 'ready' ? state.pid : undefined;
  };
  const update = async (strategy: UpdateStrategy): Promise<void> => {
    versions += 1;
    const next = versionNaming(shared.scripted, `v1.${versions}.0`);
    // A process that was killed meanwhile has it taken back.
    await shared.host.plugins.update(next.name, next.dir, { strategy }).catch(() => undefined);
  };
  return {
    get kills() {
      return kills;
    },
    async strike(fault, rule) {
      const running = pid();
      if (fault === 'restart') void rule.restart().catch(() => undefined);
      if (fault === 'overlap' || fault === 'replace') return update(fault);
      if (running === undefined) return;
      if (fault === 'kill' && kills < KILLS) {
        kills += 1;
        signal('SIGKILL', running);
      }
      if (fault !== 'freeze') return;
      signal('SIGSTOP', running);
      setTimeout(() => signal('SIGCONT', running), FROZEN);
    },
  };
}
