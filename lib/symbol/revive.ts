import type { Clock } from '../clock.js';
import type { Instance } from '../control/instance.js';
import type { PluginLink } from '../control/plugin-link.js';
import { symbolDied } from '../errors.js';
import type { SymbolNews } from './owner.js';
import { isEscalation, Revival } from './revival.js';

/** The revival of a source or sink: START again, and when that is of no use a new process. */
export function revivalOf(
  instance: Instance,
  link: PluginLink,
  clock: Clock,
  report: (news: SymbolNews) => void,
): Revival {
  const symbol = instance.control.symbolName;
  return new Revival(clock, (attempt) => {
    report({ type: 'restarted', symbol, attempt });
    if (!isEscalation(attempt)) return void link.revive(instance);
    const error = symbolDied(link.name, symbol, attempt);
    report({ type: 'error', symbol, error });
    void link.escalate(instance, error);
  });
}
