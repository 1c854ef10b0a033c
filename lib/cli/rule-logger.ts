import { type Logger, loggerOf } from '../log.js';

/**
 * What is worse than `info`, and what a service tells at `info` of its rules and their files: loaded, gone, started again.
 * What plugins print is not among it.
 */
export const aboutRules = (log: Logger): Logger =>
  loggerOf(
    (level, fields, text) => {
      const isTold = level === 'info' ? 'rule' in fields || 'file' in fields : level !== 'debug';
      if (isTold) log[level](fields, text);
    },
    (fields) => aboutRules(log.child(fields)),
  );
