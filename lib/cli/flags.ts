/** Flags of several commands. */
import { type Command, Option } from 'commander';
import { variables, wholeNumber } from './arguments.js';

const A_DAY = 86_400;
const seconds = wholeNumber(1, A_DAY);
/** In MiB. */
const A_TIB = 1_048_576;

/** Of what installs: `InstallFlags`. */
export const addInstallFlags = (command: Command): Command =>
  addPluginFlags(
    command
      .option('--allow-scripts', 'run the install.sh of packages that have one')
      .option('--max-unpacked <MiB>', 'to which a zip may unpack (256)', wholeNumber(1, A_TIB))
      .option('--max-files <count>', 'of files and folders that a zip may hold (10000)', wholeNumber(1, 1_000_000)),
  );

/** Of what starts plugins: `PluginFlags`. */
export const addPluginFlags = (command: Command): Command =>
  command
    .option('--script-timeout <seconds>', 'for an install.sh, or a step of a Python environment (120)', seconds)
    .option('--env <name[=value]>', 'a variable that plugins and their install.sh get; repeat it for more', variables)
    .option('--python <file>', 'interpreter of Python plugins (RXPORT_PYTHON; default python3)')
    .option('--node <file>', 'interpreter of Node plugins (default: the one that runs rxport)')
    .option('--uv <file>', 'makes environments of Python plugins that ask for it (default uv)')
    .option('--conda <file>', 'runs Python plugins that ask for it (default conda)');

/** Of what runs a host of its own: `HostFlags`. */
export const addHostFlags = (command: Command): Command =>
  addInstallFlags(command)
    .addOption(new Option('--transport <stack>', 'of the data channels').choices(['native', 'nanomsg']))
    .addOption(new Option('--verify <how>', 'of the files of installed plugins').choices(['off', 'warn', 'enforce']))
    .addOption(
      new Option('--log-level <level>', 'what is logged on stderr, and what is worse (default warn)').choices([
        'debug',
        'info',
        'warn',
        'error',
        'silent',
      ]),
    );
