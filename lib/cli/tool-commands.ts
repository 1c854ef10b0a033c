import { Argument, type Command, Option } from 'commander';
import type { Actions } from './action.js';
import { wholeNumber } from './arguments.js';
import { addPluginFlags } from './flags.js';

const DEV_PORT = 33_333;
const MAX_PORT = 65_535;

/** Commands for plugin authors, and about the machine. */
export function addToolCommands(program: Command, act: Actions): void {
  addPluginFlags(program.command('dev [folder]'))
    .description('the plugin test server: try the symbols of a plugin with curl')
    .option('--name <name>', 'the plugin to wait for, started by hand (under a debugger, say)')
    .option('--host <address>', 'where it listens; another than loopback needs a token', '127.0.0.1')
    .option('--port <port>', '0 for any that is free', wholeNumber(0, MAX_PORT), DEV_PORT)
    .option('--by-hand', 'do not start the plugin: somebody does, under a debugger say')
    .option('--watch', 'start the plugin anew when its files change')
    .option('--trace', 'print what goes over the wire')
    .action(act(async () => (await import('./dev.js')).dev));
  program
    .command('new <name>')
    .description('make a plugin that runs, with a spec')
    .addOption(new Option('--lang <language>', 'of the plugin').choices(['ts', 'python', 'go']).default('ts'))
    .option('--into <folder>', 'where its folder is made (default: here)')
    .action(act(async () => (await import('./packages.js')).scaffoldPlugin));
  program
    .command('pack [folder]')
    .description('build the zip of a plugin, and check it as an installer would')
    .option('--out <file>', 'the zip (default: <name>.zip in this folder)')
    .addOption(new Option('--for <host>', 'for the stock host').choices(['rxport', 'ekuiper']).default('rxport'))
    .action(act(async () => (await import('./packages.js')).packPlugin));
  program
    .command('doctor')
    .description('look at this machine and the data folder: what is missing, stale or open to others')
    .option('--python <file>', 'interpreter of Python plugins (RXPORT_PYTHON; default python3)')
    .action(act(async () => (await import('./doctor.js')).doctor));
  program
    .command('completion')
    .description('print a script that completes commands, options and names')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(act(async () => (await import('./completion.js')).printScript));
  program
    .command('complete [words...]', { hidden: true })
    .description('what the last of these words could become; for the scripts of completion')
    .action(act(async () => (await import('./completion.js')).printCompletions(program)));
}
