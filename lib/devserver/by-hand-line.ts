import type { CommandLine } from '../process/command-line.js';

/** How somebody starts a plugin whose control channel waits for it. */
export interface ByHandLine extends Partial<CommandLine> {
  /** The one argument that every SDK gets. */
  readonly argument: string;
  /** As it is typed into a shell. */
  readonly text: string;
}

/** `line` ends with the argument; without a folder nobody knows the rest of it. */
export function byHandLine(line: CommandLine, known: boolean, env: Readonly<Record<string, string>> = {}): ByHandLine {
  const argument = line.args.at(-1) ?? '';
  if (!known) return { argument, text: `<its main program> ${quoted(argument)}` };
  const set = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)} `);
  const command = [line.file, ...line.args].map(quoted).join(' ');
  return { ...line, argument, text: `cd ${quoted(line.cwd)} && ${set.join('')}${command}` };
}

/** For a POSIX shell. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
