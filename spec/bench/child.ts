import { type ChildProcess, spawn, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { dieWithHost } from '../../lib/process/command-line.js';
import { findSetpriv } from '../../lib/process/setpriv.js';

/**
 * A process that dies with this one; as a host does it, in a session of its own: there the kernel gives a process its own
 * share of the processors.
 */
export function startChild(
  [file, ...args]: readonly [string, ...string[]],
  { cwd = process.cwd(), stdio = 'ignore' }: { readonly cwd?: string; readonly stdio?: StdioOptions } = {},
): ChildProcess {
  const line = dieWithHost({ file, args, cwd }, findSetpriv());
  return spawn(line.file, line.args, { cwd, stdio, detached: true });
}

/** Resolves when it has ended. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
