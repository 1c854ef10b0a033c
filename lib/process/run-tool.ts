import { after, type Clock } from '../clock.js';
import { toolMissing, toolTimeout } from '../errors.js';
import { type CommandLine, dieWithHost } from './command-line.js';
import { Tail } from './output.js';
import { findSetpriv } from './setpriv.js';
import { spawn } from './spawn.js';

export interface ToolOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Milliseconds; then its whole process group is ended. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ToolEnd {
  /** null when a signal has ended it. */
  readonly code: number | null;
  /** The last 200 lines of stdout and stderr, as they came. */
  readonly output: readonly string[];
}

const KEPT = 200;

/**
 * Runs a tool to its end, without a shell. Where there is a `setpriv` it dies with this process.
 *
 * Rejects with `ERR_TOOL_MISSING` when it can not be started, with `ERR_TOOL_TIMEOUT`, and with the reason of an aborted
 * `signal`; a tool that fails resolves with its code.
 */
export function runTool(line: CommandLine, { env, clock, deadline, signal }: ToolOptions): Promise<ToolEnd> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const tail = new Tail(KEPT);
    const settle = (act: () => void): void => {
      timer.unsubscribe();
      signal?.removeEventListener('abort', abort);
      // After the end this does nothing; before it, the group gets SIGTERM and then SIGKILL.
      running.unsubscribe();
      act();
    };
    const abort = (): void => settle(() => reject(signal?.reason as Error));
    const timer = after(clock, deadline, () => settle(() => reject(toolTimeout(line.file, deadline, tail.read()))));
    signal?.addEventListener('abort', abort);
    // Its first word comes later than this.
    const running = spawn(dieWithHost(line, findSetpriv()), { env, clock }).subscribe((life) => {
      if (life.type === 'line') return tail.push(life.text);
      if (life.type === 'spawned') return;
      const cause = life.type === 'unspawned' ? life.cause : unexecuted(life.code, tail.read());
      if (cause !== undefined) return settle(() => reject(toolMissing(line.file, cause)));
      settle(() => resolve({ code: life.type === 'exited' ? life.code : null, output: tail.read() }));
    });
  });
}

/** What `setpriv` says in place of a program that it can not execute. */
function unexecuted(code: number | null, output: readonly string[]): Error | undefined {
  if ((code !== 126 && code !== 127) || output.length !== 1) return undefined;
  const [, reason] = /^setpriv: .*: (.*)$/.exec(output[0] ?? '') ?? [];
  return reason === undefined ? undefined : new Error(reason);
}

/** Of this process: a tool of its user, as in the user's shell. */
export const ownEnvironment = (): Record<string, string> =>
  Object.fromEntries(Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined));
