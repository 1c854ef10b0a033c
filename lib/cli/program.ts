/** Every command, its options and arguments; what they do is loaded when they are called. */
import { Command } from 'commander';
import { actions, type Outcome } from './action.js';
import { wholeNumber } from './arguments.js';
import { addPluginCommands } from './plugin-commands.js';
import { addRuleCommands } from './rule-commands.js';
import { addServiceCommands } from './service-commands.js';
import { addToolCommands } from './tool-commands.js';
import type { Shell } from './shell.js';
import { packageVersion } from './version.js';

export interface Program {
  readonly program: Command;
  readonly outcome: Outcome;
}

export function rxportProgram(shell: Shell): Program {
  const outcome: Outcome = { code: 0 };
  const program = new Command('rxport')
    .description('Rules in RxJS over plugins that run as separate processes, in any language.')
    .version(packageVersion(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => shell.out.write(text),
      writeErr: (text) => shell.err.write(text),
      getOutHelpWidth: () => Math.min(shell.out.columns, WIDEST),
      getErrHelpWidth: () => Math.min(shell.err.columns, WIDEST),
      // Said once, with the code, where every error is said.
      outputError: () => undefined,
    })
    .configureHelp({ showGlobalOptions: true })
    .option('--dir <folder>', 'data folder (default ./rxport-data; RXPORT_DIR)')
    .option('--url <url>', 'address of a service, instead of what runs over the data folder (RXPORT_URL)')
    .option('--token-file <file>', 'file with the token of the service (or RXPORT_TOKEN)')
    .option('--timeout <seconds>', 'for an answer of the service (default 10, 290 for a change)', wholeNumber(1, 290))
    .option('--json', 'JSON on stdout, errors as JSON on stderr')
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 usage, 3 unknown, 4 taken or busy, 5 plugin, 6 too late, 130 interrupted.',
    );
  const act = actions(shell, outcome);
  addServiceCommands(program, act);
  addPluginCommands(program, act);
  addRuleCommands(program, act);
  addToolCommands(program, act);
  return { program, outcome };
}

const WIDEST = 100;
