import { StringDecoder } from 'node:string_decoder';

const MAX_LINE = 8 * 1024;
/**
 * Sequences that a terminal would act on: titles and the like up to their end, colours and cursor moves, and every other
 * control character but the tab.
 */
const TERMINAL = new RegExp(
  [
    '\\x1b[P\\]X^_][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)?',
    '(?:\\x1b\\[|\\x9b)[0-9;?]*[ -/]*[@-~]',
    '\\x1b[@-Z\\\\-_]',
    '[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]',
  ].join('|'),
  'g',
);

/** `text` without what a terminal would act on. */
export const plainText = (text: string): string => text.replace(TERMINAL, '');

/** Cuts output into lines without terminal sequences; a line over 8 KiB becomes several, so that memory stays bounded. */
export class Lines {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  constructor(private readonly line: (text: string) => void) {}

  push(chunk: Buffer): void {
    this.take(this.decoder.write(chunk));
  }

  end(): void {
    this.take(this.decoder.end());
    if (this.rest !== '') this.emit(this.rest);
    this.rest = '';
  }

  private take(text: string): void {
    const parts = (this.rest + text).split('\n');
    this.rest = parts.pop() ?? '';
    for (const part of parts) this.emit(this.cut(part));
    this.rest = this.cut(this.rest);
  }

  /** Emits all but the last piece. */
  private cut(text: string): string {
    let at = 0;
    for (; text.length - at > MAX_LINE; at += MAX_LINE) this.emit(text.slice(at, at + MAX_LINE));
    return at === 0 ? text : text.slice(at);
  }

  private emit(text: string): void {
    this.line(plainText(text));
  }
}

/** The last lines of a stream, for the text of an error. */
export class Tail {
  private readonly lines: string[] = [];

  constructor(private readonly size = 50) {}

  push(line: string): void {
    this.lines.push(line);
    if (this.lines.length > this.size) this.lines.shift();
  }

  read(): readonly string[] {
    return [...this.lines];
  }
}
