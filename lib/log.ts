/** What rxport needs of a logger; pino stands behind the default one. */
import { pino } from 'pino';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Fields first, text second, as pino has it; any pino logger is one. */
export interface Logger {
  debug(fields: object, text: string): void;
  info(fields: object, text: string): void;
  warn(fields: object, text: string): void;
  error(fields: object, text: string): void;
  child(fields: object): Logger;
}

/** JSON lines on stderr, from `level` up; stdout belongs to the application. */
export const jsonLogger = (level: LogLevel | 'silent' = 'warn'): Logger =>
  pino({ level, base: null }, pino.destination({ fd: 2, sync: true }));

/** A logger of one function for all levels; by default its children are the logger itself. */
export function loggerOf(
  say: (level: LogLevel, fields: object, text: string) => void,
  child?: (fields: object) => Logger,
): Logger {
  const at =
    (level: LogLevel) =>
    (fields: object, text: string): void =>
      say(level, fields, text);
  const log: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: child ?? (() => log),
  };
  return log;
}

/** A logger is the user's, and may throw: the text is then lost, and nothing else. */
export const safeLogger = (log: Logger): Logger =>
  loggerOf(
    (level, fields, text) => {
      try {
        log[level](fields, text);
      } catch {
        // There is nobody left to tell.
      }
    },
    (fields) => safeLogger(log.child(fields)),
  );

/** Once `closing` is aborted, what ends or fails is meant to: an error with a code is `debug` then. */
export const untilClosing = (log: Logger, closing: AbortSignal): Logger =>
  loggerOf(
    (level, fields, text) => {
      const isMeant = closing.aborted && (level === 'error' || level === 'warn') && 'code' in fields;
      log[isMeant ? 'debug' : level](fields, text);
    },
    (fields) => untilClosing(log.child(fields), closing),
  );
