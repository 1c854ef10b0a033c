/** A command line in the process of the spec, with what it has printed: as `rxport`, without the start of a process. */
import { runCommandLine } from '../../lib/cli/command-line.js';
import { PlainTerminal } from './plain-terminal.js';
import type { Finished } from './rxport.js';

export async function commandLine(
  args: readonly string[],
  { env = {} }: { readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Finished> {
  const [out, err] = [new PlainTerminal(), new PlainTerminal()];
  const { signal } = new AbortController();
  const shell = {
    out,
    err,
    env,
    interrupted: signal,
    signal,
    impatience: signal,
    isUnread: () => false,
    written: async () => undefined,
  };
  const code = await runCommandLine(args, shell);
  return { code, stdout: out.written, stderr: err.written };
}
