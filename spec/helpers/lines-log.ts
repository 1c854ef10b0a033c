import { type Logger, loggerOf } from '../../lib/log.js';

/** A logger that keeps `level text` of each line. */
export function linesLog(): { readonly log: Logger; readonly lines: readonly string[] } {
  const lines: string[] = [];
  return { log: loggerOf((level, _fields, text) => void lines.push(`${level} ${text}`)), lines };
}
