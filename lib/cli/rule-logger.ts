import type { Logger } from '../log.js';

/**
 * What is worse than `info`, and what a service tells at `info` of its rules and their files: loaded, gone, started again.
 * What plugins print is not among it.
 */
export function aboutRules(log: Logger): Logger {
  return {
    debug: () => undefined,
    info: (fields, text) => {
      if ('rule' in fields || 'file' in fields) log.info(fields, text);
    },
    warn: (fields, text) => log.warn(fields, text),
    error: (fields, text) => log.error(fields, text),
    child: (fields) => aboutRules(log.child(fields)),
  };
}
