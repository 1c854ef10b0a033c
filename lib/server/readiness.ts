import type { Plugins } from '../control/plugins.js';
import type { ProcessState } from '../process/state.js';
import type { ServiceRules } from '../service/service-rules.js';
import type { RuleStatus } from '../rule/status.js';

/** A part of the service that does not do its work. */
export interface NotReady {
  /** `plugin thermo`, `rule overheat` */
  readonly what: string;
  readonly why: string;
}

/**
 * What keeps the service from being ready. What somebody has stopped is as it is meant to be; so is a rule that has
 * completed.
 */
export function notReady(
  plugins: Pick<Plugins, 'list' | 'broken'>,
  rules: Pick<ServiceRules, 'list'>,
): readonly NotReady[] {
  const found: NotReady[] = [];
  const add = (what: string, why: string | undefined): void => void (why !== undefined && found.push({ what, why }));
  for (const { name, state } of plugins.list()) add(`plugin ${name}`, whyNoPlugin(state));
  for (const { dir, error } of plugins.broken()) add(`plugin in ${dir}`, error.message);
  for (const { id, status, error } of rules.list()) add(`rule ${id}`, whyNoRule(status) ?? error?.message);
  return found;
}

function whyNoPlugin(state: ProcessState): string | undefined {
  switch (state.phase) {
    case 'ready':
    case 'stopped':
      return undefined;
    case 'starting':
    case 'stopping':
      return `is ${state.phase}`;
    case 'backoff':
    case 'failed':
      return state.error.message;
  }
}

function whyNoRule(status: RuleStatus): string | undefined {
  switch (status.phase) {
    case 'running':
    case 'completed':
    case 'stopped':
      return undefined;
    case 'starting':
    case 'stopping':
      return `is ${status.phase}`;
    case 'waiting':
      return `waits for ${status.on.join(', ')}`;
    case 'restarting':
    case 'failed':
      return status.error.message;
  }
}
