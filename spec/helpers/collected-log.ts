import type { Logger } from '../../lib/index.js';

export interface CollectedLog {
  readonly log: Logger;
  /** Texts of what was logged as `warn`. */
  readonly warnings: readonly string[];
}

export function collectedLog(): CollectedLog {
  const warnings: string[] = [];
  const quiet = (): void => undefined;
  const log: Logger = {
    debug: quiet,
    info: quiet,
    warn: (_fields, text) => void warnings.push(text),
    error: quiet,
    child: () => log,
  };
  return { log, warnings };
}
