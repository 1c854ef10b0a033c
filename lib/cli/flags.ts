/** Flags of several commands. */
import { type Command, Option } from 'commander';

/** Of what installs: `HostFlags`. */
export const addInstallFlags = (command: Command): Command =>
  command
    .option('--allow-scripts', 'run the install.sh of packages that have one')
    .option('--python <file>', 'interpreter of Python plugins (RXPORT_PYTHON; default python3)');

/** Of what runs a host of its own: `HostFlags`. */
export const addHostFlags = (command: Command): Command =>
  addInstallFlags(command)
    .addOption(new Option('--transport <stack>', 'of the data channels').choices(['native', 'nanomsg']))
    .addOption(new Option('--verify <how>', 'of the files of installed plugins').choices(['off', 'warn', 'enforce']))
    .addOption(
      new Option('--log-level <level>', 'what is logged on stderr, and what is worse')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('warn'),
    );
