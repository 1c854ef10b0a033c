/** One output of the process: how wide it is, whether somebody looks at it, and what it makes of colours. */
import { styleText } from 'node:util';

export type Style = Parameters<typeof styleText>[0];

export interface Terminal {
  readonly isTTY: boolean;
  /** Infinite where nobody looks: a file has no edge. */
  readonly columns: number;
  readonly write: (text: string) => void;
  /** `text` and a line feed. */
  readonly line: (text?: string) => void;
  /** Coloured on a terminal, unless `NO_COLOR` is set. */
  readonly paint: (style: Style, text: string) => string;
}

/** What a terminal is made of: `process.stdout` and `process.stderr` are such. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): boolean;
}

export function terminal(output: Output, env: NodeJS.ProcessEnv): Terminal {
  const isTTY = output.isTTY === true && env['TERM'] !== 'dumb';
  const colours = isTTY && (env['NO_COLOR'] ?? '') === '';
  const write = (text: string): void => void output.write(text);
  return {
    isTTY,
    get columns() {
      // A terminal that does not know says 0.
      return isTTY ? output.columns || 80 : Infinity;
    },
    write,
    line: (text = '') => write(`${text}\n`),
    paint: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}
