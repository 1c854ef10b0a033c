import type { HostSettings } from '../config.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import type { Logger } from '../log.js';
import { ByHand, type Supervision } from '../process/by-hand.js';
import { Supervisor, type SupervisorOptions } from '../process/supervisor.js';

type Options = Pick<SupervisorOptions, 'spawn' | 'command' | 'clock' | 'policy' | 'trouble' | 'mayRetry'> & {
  readonly plugin: InstalledPlugin;
  readonly log: Logger;
  readonly settings: HostSettings;
  readonly byHand?: boolean;
};

/** Who keeps the process of a plugin alive: a supervisor, or somebody outside. */
export function supervisionOf(options: Options): Supervision {
  const { plugin, clock, log, settings } = options;
  const { name } = plugin;
  if (options.byHand) return new ByHand({ name, clock });
  return new Supervisor({
    ...options,
    name,
    handshakeTimeout: settings.handshakeTimeout,
    grace: settings.killTimeout,
    line: (stream, text) => log.info({ plugin: name, stream }, text),
  });
}
