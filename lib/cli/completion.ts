/** `rxport completion bash|zsh|fish`, and the answers that its scripts ask for. */
import type { Command } from 'commander';
import { settlesWithin, systemClock } from '../clock.js';
import { candidates, type NameKind } from './candidates.js';
import { SCRIPTS } from './completion-scripts.js';
import { withBackend } from './find-backend.js';
import type { CommonOptions, Shell } from './shell.js';

/** Whoever presses TAB waits no longer for names. */
const PATIENCE = 1_500;

export async function printScript({ out }: Shell, _: CommonOptions, name: keyof typeof SCRIPTS): Promise<void> {
  out.write(SCRIPTS[name]);
}

/** One a line; nothing when a shell would better complete the names of files. */
export const printCompletions =
  (program: Command) =>
  async (shell: Shell, _: CommonOptions, words: readonly string[]): Promise<void> => {
    const names = (kind: NameKind, options: CommonOptions): Promise<readonly string[]> => namesOf(shell, options, kind);
    for (const candidate of await candidates(program, words, names)) shell.out.line(candidate);
  };

async function namesOf(shell: Shell, options: CommonOptions, kind: NameKind): Promise<readonly string[]> {
  const giveUp = new AbortController();
  const patient = { ...shell, signal: AbortSignal.any([shell.signal, giveUp.signal]) };
  const asked = withBackend(patient, options, async (backend) =>
    kind === 'plugin' ? (await backend.plugins()).map(({ name }) => name) : (await backend.rules()).map(({ id }) => id),
  ).catch((): readonly string[] => []);
  if (!(await settlesWithin(systemClock, PATIENCE, asked))) giveUp.abort();
  return asked;
}
