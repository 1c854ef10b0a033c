import type { Command } from 'commander';
import type { Actions } from './action.js';
import { collected, wholeNumber } from './arguments.js';
import { addHostFlags } from './flags.js';

export const REST_PORT = 9081;
const MAX_PORT = 65_535;

export function addServiceCommands(program: Command, act: Actions): void {
  addHostFlags(program.command('serve [rules...]'))
    .description('run a service over the data folder: rules from files and folders, plugins, REST')
    .option('--host <address>', 'where REST listens; another than loopback needs a token', '127.0.0.1')
    .option('--port <port>', '0 for any that is free', wholeNumber(0, MAX_PORT), REST_PORT)
    .option('--watch', 'load a rule anew when its file changes')
    .option(
      '--name <name>',
      'a further name by which it is reached, with a token; repeat it for more',
      collected,
      undefined,
    )
    .option('--packages <folder>', 'where packages may lie (default: anywhere on loopback)', collected, undefined)
    .option('--download <host>', 'a host that packages may be loaded from (default: none)', collected, undefined)
    .action(act(async () => (await import('./serve.js')).serve));
  addHostFlags(program.command('run <rule-file>'))
    .description('run the rules of a file until they end, and show how they do')
    .action(act(async () => (await import('./run.js')).run));
}
