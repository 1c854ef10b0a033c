import type { Logger, LogLevel } from '../../lib/index.js';

/** A logger that keeps `level text` of each line. */
export function linesLog(): { readonly log: Logger; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const say =
    (level: LogLevel) =>
    (_: object, text: string): void =>
      void lines.push(`${level} ${text}`);
  const log: Logger = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    child: () => log,
  };
  return { log, lines };
}
