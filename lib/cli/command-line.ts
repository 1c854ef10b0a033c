import { type Command, CommanderError } from 'commander';
import { isAbort } from './is-abort.js';
import { rxportProgram } from './program.js';
import type { Shell } from './shell.js';

/** Runs one command line, without the name of the program; answers the exit code. Never rejects. */
export async function runCommandLine(argv: readonly string[], shell: Shell): Promise<number> {
  const { program, outcome } = rxportProgram(shell);
  const failed = (thrown: unknown): Promise<number> => tell(thrown, shell, program, argv);
  let code = 0;
  try {
    await program.parseAsync([...argv], { from: 'user' });
    ({ code } = outcome);
  } catch (thrown) {
    if (!isHelp(thrown) && !isForNobody(thrown, shell)) code = await failed(thrown);
  }
  const unwritten = await shell.written();
  if (unwritten === undefined || code !== 0) return code;
  const { outputLost } = await import('../errors.js');
  return failed(outputLost(unwritten));
}

/** That it has been asked for; without a command it is an answer to a wrong use. */
const isHelp = (thrown: unknown): boolean => thrown instanceof CommanderError && thrown.exitCode === 0;

/** Given up because nobody reads it: a wish to end it comes before that. */
const isForNobody = (thrown: unknown, { isUnread, interrupted }: Shell): boolean =>
  isUnread() && !interrupted.aborted && isAbort(thrown);

async function tell(thrown: unknown, shell: Shell, program: Command, argv: readonly string[]): Promise<number> {
  // Late: with all errors it is a third of what `--help` would load.
  const { exitCode, tellFailure } = await import('./failure.js');
  const { commandInterrupted, commandUsage } = await import('../errors.js');
  const { withTokenDoor } = await import('./doors.js');
  const json = argv.includes('--json');
  let error = withTokenDoor(thrown);
  if (thrown instanceof CommanderError) {
    const text = thrown.message.replace(/^error: /, '');
    error = commandUsage(json ? text : `${text}\nTry: ${helpFor(program, argv)}`);
    // The help has been printed already.
    if (thrown.code === 'commander.help') return exitCode(error);
  } else if (shell.signal.aborted && isAbort(thrown)) {
    error = commandInterrupted();
  }
  tellFailure(shell.err, error, json);
  return exitCode(error);
}

/** `rxport plugin install --help`, for the command that was meant. */
function helpFor(program: Command, argv: readonly string[]): string {
  let command = program;
  const path = [program.name()];
  for (const word of argv) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) continue;
    command = next;
    path.push(word);
  }
  return `${path.join(' ')} --help`;
}
