import { type Logger, loggerOf, type LogLevel } from '../log.js';
import { printable } from './table.js';
import type { Style, Terminal } from './terminal.js';

const LEVELS: readonly (LogLevel | 'silent')[] = ['debug', 'info', 'warn', 'error', 'silent'];
const STYLES: Readonly<Record<LogLevel, Style>> = { debug: 'dim', info: 'cyan', warn: 'yellow', error: 'red' };

/**
 * `warn  plugin thermo keeps crashing`, for somebody who looks; `info  thermo: hello` for what a plugin has printed. Other
 * fields are left out: texts say who and what.
 */
export function lineLogger(from: LogLevel | 'silent', to: Pick<Terminal, 'line' | 'paint'>): Logger {
  return loggerOf((level, fields: { readonly plugin?: unknown; readonly stream?: unknown }, text) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(from)) return;
    const who = typeof fields.plugin === 'string' && fields.stream !== undefined ? `${fields.plugin}: ` : '';
    to.line(`${to.paint(STYLES[level], level.padEnd(5))} ${printable(who + text)}`);
  });
}
