import type { HostSettings } from '../config.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import { ByHand, type Supervision } from '../process/by-hand.js';
import { Supervisor, type SupervisorOptions } from '../process/supervisor.js';
import type { Journal } from './journal.js';

type Options = Pick<
  SupervisorOptions,
  'spawn' | 'command' | 'clock' | 'policy' | 'expects' | 'trouble' | 'mayRetry'
> & {
  readonly plugin: InstalledPlugin;
  readonly journal?: Journal;
  readonly settings: HostSettings;
  readonly byHand?: boolean;
};

/** Who keeps the process of a plugin alive: a supervisor, or somebody outside. */
export function supervisionOf(options: Options): Supervision {
  const { plugin, clock, settings } = options;
  const { name } = plugin;
  if (options.byHand) return new ByHand({ name, clock, expects: options.expects });
  return new Supervisor({
    ...options,
    name,
    handshakeTimeout: settings.handshakeTimeout,
    grace: settings.killTimeout,
    line: (stream, text) => options.journal?.write(stream, text),
  });
}
