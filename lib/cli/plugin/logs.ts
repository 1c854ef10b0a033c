import type { LogLine } from '../answers.js';
import { withBackend } from '../find-backend.js';
import { clockTime } from '../format.js';
import type { CommonOptions, Shell } from '../shell.js';
import { printable } from '../table.js';

interface LogOptions extends CommonOptions {
  readonly follow?: boolean;
  readonly lines: number;
}

/** One line each; with `--json` an object a line, so that a program can read them as they come. */
export async function logs(shell: Shell, options: LogOptions, name: string): Promise<void> {
  const { follow = false, lines, json = false } = options;
  const { out, err, signal } = shell;
  const tell = (line: LogLine): void => out.line(json ? JSON.stringify(line) : shown(line, shell));
  await withBackend(shell, options, async (backend) => {
    if (!follow) {
      const last = await backend.logs(name, lines);
      last.forEach(tell);
      if (last.length === 0 && !json) err.line(`plugin ${name} has printed nothing`);
      return;
    }
    try {
      for await (const line of backend.follow(name, lines)) {
        if ('dropped' in line) err.line(droppedText(line.dropped));
        else tell(line);
        if (shell.isUnread()) break;
      }
    } catch (error) {
      // To be interrupted is how a follower ends.
      if (!signal.aborted) throw error;
    }
  });
}

const droppedText = (count: number): string => (count === 1 ? '1 line was dropped' : `${count} lines were dropped`);

const shown = ({ at, stream, text }: LogLine, { out }: Shell): string => {
  const where = stream === 'stderr' ? out.paint('yellow', stream) : stream;
  return `${out.paint('dim', clockTime(at))} ${where} ${printable(text)}`;
};
