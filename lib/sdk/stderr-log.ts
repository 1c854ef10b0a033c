import type { Logger } from '../log.js';

/** Text alone, or fields and then text, as pino has it. */
interface Write {
  (text: string): void;
  (fields: object, text: string): void;
}

/** The log of a plugin: lines on stderr, which the host takes into its own log. */
export interface PluginLog extends Logger {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** A log that adds `fields` to each of its lines. */
  child(fields: object): PluginLog;
}

/** Writes `[INFO] text {"ruleId":"r1","celsius":81}`, one line per entry. */
export function stderrLog(write: (line: string) => void, bound: object = {}): PluginLog {
  const level = (name: string): Write => {
    const put = (first: string | object, second?: string): void => {
      const [fields, text] = typeof first === 'string' ? [{}, first] : [first, second ?? ''];
      write(`[${name}] ${text.replaceAll('\n', '\\n')}${json({ ...bound, ...fields })}\n`);
    };
    return put;
  };
  return {
    debug: level('DEBUG'),
    info: level('INFO'),
    warn: level('WARN'),
    error: level('ERROR'),
    child: (fields) => stderrLog(write, { ...bound, ...fields }),
  };
}

/** A log never throws: fields that JSON can not hold are left out. */
function json(fields: object): string {
  if (Object.keys(fields).length === 0) return '';
  try {
    return ` ${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? value.stack : value))}`;
  } catch {
    return '';
  }
}
