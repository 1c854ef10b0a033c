import type { Logger } from 'rxport';

/** A logger for people: warnings and errors as lines of text, nothing else. */
export function sayProblems(say: (line: string) => void): Logger {
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_, text) => say(`warning: ${text}`),
    error: (_, text) => say(`error: ${text}`),
    child: () => logger,
  };
  return logger;
}
