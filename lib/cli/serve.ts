import { systemClock } from '../clock.js';
import type { HostOptions } from '../host.js';
import type { Server, ServerOptions } from '../server/server.js';
import type { Service } from '../service/service.js';
import { givingUp } from './failure.js';
import { readToken } from './find-backend.js';
import { type HostFlags, hostOptions } from './host-flags.js';
import { isAbort } from './is-abort.js';
import { aboutRules } from './rule-logger.js';
import { checkPlaces } from './rule-places.js';
import type { CommonOptions, Shell } from './shell.js';
import { withStrays } from './stray-errors.js';
import { untilEnded } from './until-ended.js';

interface ServeOptions extends CommonOptions, HostFlags {
  readonly host: string;
  readonly port: number;
  readonly watch?: boolean;
  readonly name?: readonly string[];
  readonly packages?: readonly string[];
  readonly download?: readonly string[];
}

/**
 * A service until SIGTERM or Ctrl-C; it stops with flush, which a second signal cuts short. So it does after an exception
 * that nobody caught, and fails.
 */
export async function serve(shell: Shell, options: ServeOptions, rules: readonly string[]): Promise<void> {
  await checkPlaces(rules);
  const listening = await listenOptions(shell, options);
  const settings = serviceOptions(shell, options);
  const owned = { log: settings.logger, clock: systemClock, giveUp: givingUp(shell, options) };
  const { fatal } = await withStrays(owned, (strays) => {
    const ended = AbortSignal.any([shell.interrupted, strays.fatal]);
    const impatience = AbortSignal.any([shell.impatience, strays.late]);
    return serveUntil(ended, impatience, shell, { ...options, settings, rules, listening });
  });
  if (fatal !== undefined) throw fatal;
}

/** Unless somebody has said what is logged, a service says which rules come and go. */
function serviceOptions(shell: Shell, options: ServeOptions): ReturnType<typeof hostOptions> {
  if (options.logLevel !== undefined) return hostOptions(shell, options);
  const settings = hostOptions(shell, { ...options, logLevel: 'info' });
  return { ...settings, logger: aboutRules(settings.logger) };
}

interface Plan extends ServeOptions {
  readonly settings: HostOptions;
  readonly rules: readonly string[];
  readonly listening: ServerOptions;
}

async function serveUntil(ended: AbortSignal, impatience: AbortSignal, shell: Shell, plan: Plan): Promise<void> {
  const { watch = false, settings, rules, listening } = plan;
  const [{ Service }, { startServer }, { checkPort }] = await Promise.all([
    import('../service/service.js'),
    import('../server/server.js'),
    import('../server/port.js'),
  ]);
  await checkPort(listening);
  const starting = Service.start({ ...settings, watch, signal: ended, ...(rules.length > 0 && { rules }) });
  const service = await starting.catch((error: unknown) => {
    if (!ended.aborted || !isAbort(error)) throw error;
    return undefined;
  });
  // Ctrl-C is how it ends, wherever it is.
  if (service === undefined) return;
  try {
    const server = await startServer(service, listening);
    try {
      announce(shell, plan, service, server);
      await untilEnded(ended);
      shell.err.line('stopping; once more cuts it short');
    } finally {
      await server.close();
    }
  } finally {
    await service.stop({ signal: impatience });
  }
}

async function listenOptions({ env }: Shell, options: ServeOptions): Promise<ServerOptions> {
  const { host, port, name, packages, download } = options;
  const token = await readToken(env, options);
  return {
    host,
    port,
    ...(token !== undefined && { token }),
    ...(name !== undefined && { names: name }),
    ...(packages !== undefined && { folders: packages }),
    ...(download !== undefined && { downloads: { hosts: download } }),
  };
}

function announce(shell: Shell, options: ServeOptions, { host, rules }: Service, { url }: Server): void {
  const { out } = shell;
  if (options.json === true) return out.line(JSON.stringify({ url, pid: process.pid }));
  out.line(`rxport listens on ${url} (pid ${process.pid})`);
  // What does not load has been logged.
  const all = rules.list();
  const broken = host.plugins.broken().length + all.filter(({ error }) => error?.code === 'ERR_RULE_FILE').length;
  const but = broken === 0 ? '' : ` (${broken} not loaded)`;
  out.line(`${counted(host.plugins.list().length, 'plugin')}, ${counted(all.length, 'rule')}${but}; Ctrl-C ends it`);
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
