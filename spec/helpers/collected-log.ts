import { type Logger, loggerOf } from '../../lib/log.js';

export interface CollectedLog {
  readonly log: Logger;
  /** Texts of what was logged as `warn`. */
  readonly warnings: readonly string[];
}

export function collectedLog(): CollectedLog {
  const warnings: string[] = [];
  const log = loggerOf((level, _fields, text) => void (level === 'warn' && warnings.push(text)));
  return { log, warnings };
}
