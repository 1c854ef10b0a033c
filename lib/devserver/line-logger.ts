import { type Clock, dateOf } from '../clock.js';
import { type Logger, loggerOf, type LogLevel } from '../log.js';
import { plainText } from '../process/output.js';

/**
 * One line of text per event for people: `12:00:00.123 warn  text`; output of the plugin has its stream in front.
 * What a plugin says, in an error too, is text to the terminal and nothing else.
 */
export function lineLogger(clock: Clock, write: (line: string) => void, from: LogLevel = 'info'): Logger {
  const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
  return loggerOf((level, fields, text) => {
    if (levels.indexOf(level) < levels.indexOf(from)) return;
    const time = new Date(dateOf(clock)).toISOString().slice(11, 23);
    const stream = 'stream' in fields ? `${String(fields.stream)} | ` : '';
    const mark = level === 'info' ? '' : `${level}: `;
    write(`${time} ${stream}${mark}${plainText(text)}\n`);
  });
}
