import { type Command, Option } from 'commander';
import type { Actions } from './action.js';
import { addInstallFlags } from './flags.js';
import { collected, wholeNumber } from './arguments.js';

export function addPluginCommands(program: Command, act: Actions): void {
  const plugin = program.command('plugin').description('install, update, look at and remove plugins');

  addInstallFlags(plugin.command('install <source>'))
    .description('install a zip or a folder, and start its process')
    .option('--name <name>', 'the name of the plugin, where the source does not tell it')
    .option('--para <text>', 'argument of its install.sh; repeat it for more', collected, undefined)
    .action(act(async () => (await import('./plugin/change.js')).install));
  addInstallFlags(plugin.command('update <name> <source>'))
    .description('put another version in its place; rules go on')
    .addOption(new Option('--strategy <how>', 'both at once, or one after the other').choices(['overlap', 'replace']))
    .option('--force', 'although rules use a symbol that the new version lacks')
    .option('--para <text>', 'argument of its install.sh; repeat it for more', collected, undefined)
    .action(act(async () => (await import('./plugin/change.js')).update));
  plugin
    .command('list')
    .description('all plugins, and how they are')
    .action(act(async () => (await import('./plugin/list.js')).list));
  plugin
    .command('show <name>')
    .description('what a plugin is, and how it is')
    .action(act(async () => (await import('./plugin/show.js')).showPlugin));
  plugin
    .command('status <name>')
    .description('how a plugin is: its process, what runs of it, its last errors')
    .action(act(async () => (await import('./plugin/show.js')).showStatus));
  plugin
    .command('logs <name>')
    .description('what a plugin has printed')
    .option('-n, --lines <count>', 'so many of the last lines', wholeNumber(1, 1_000), 100)
    .option('-f, --follow', 'go on with what comes')
    .action(act(async () => (await import('./plugin/logs.js')).logs));
  plugin
    .command('remove <name>')
    .description('stop and delete a plugin')
    .option('--force', 'also when rules use it: they fail')
    .action(act(async () => (await import('./plugin/change.js')).remove));
  plugin
    .command('start <name>')
    .description('start the process of a plugin that has failed or was stopped')
    .action(act(async () => (await import('./plugin/change.js')).start));
  plugin
    .command('stop <name>')
    .description('stop the process of a plugin; rules that use it wait')
    .action(act(async () => (await import('./plugin/change.js')).stop));
}
