import type { Terminal } from '../../lib/cli/terminal.js';

/** One that keeps what is written; without colours, so that a spec reads what a person would. */
export class PlainTerminal implements Terminal {
  written = '';

  constructor(
    readonly columns = Infinity,
    readonly isTTY = columns !== Infinity,
  ) {}

  readonly write = (text: string): void => void (this.written += text);
  readonly line = (text = ''): void => this.write(`${text}\n`);
  readonly paint = (_: unknown, text: string): string => text;
}
