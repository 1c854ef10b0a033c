import type { Command } from 'commander';
import type { Shell } from './shell.js';

/** What a command does: its options, then its arguments; answers an exit code when that is not 0. */
export type Run<Options, Args extends readonly unknown[]> = (
  shell: Shell,
  options: Options,
  ...args: Args
) => Promise<number | void>;

export interface Outcome {
  code: number;
}

/** Actions whose module is loaded when they run: what others need must not make `--help` slow. */
export const actions =
  (shell: Shell, outcome: Outcome) =>
  <Options, Args extends readonly unknown[]>(load: () => Promise<Run<Options, Args>>) =>
  async (...given: readonly unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    const run = await load();
    // commander has checked them against what the command declares.
    const args = given.slice(0, -2) as unknown as Args;
    outcome.code = (await run(shell, command.optsWithGlobals<Options & Record<string, unknown>>(), ...args)) ?? 0;
  };

export type Actions = ReturnType<typeof actions>;
