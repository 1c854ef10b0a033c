import type { Style, Terminal } from '../terminal.js';

const STYLES: readonly (readonly [RegExp, Style])[] = [
  [/ (running) /, 'green'],
  [/ (initializing|waiting|restarting|starting|stopping|unknown) /, 'yellow'],
  [/ (error|failed) /, 'red'],
];

/** The lines of a table with the word of the status in its colour; after the layout, which counts characters. */
export const paintStatus = (lines: readonly string[], { paint }: Pick<Terminal, 'paint'>): readonly string[] =>
  lines.map((line, index) => (index === 0 ? line : painted(line, paint)));

function painted(line: string, paint: Terminal['paint']): string {
  for (const [word, style] of STYLES) {
    const found = word.exec(`${line} `)?.[1];
    if (found !== undefined) return line.replace(new RegExp(` ${found}(?= |$)`), ` ${paint(style, found)}`);
  }
  return line;
}
