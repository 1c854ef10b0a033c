import type { Server, ServerOptions } from '../server/server.js';
import type { Service } from '../service/service.js';
import { readToken } from './find-backend.js';
import { type HostFlags, hostOptions } from './host-flags.js';
import type { CommonOptions, Shell } from './shell.js';
import { printable } from './table.js';
import { untilEnded } from './until-ended.js';

interface ServeOptions extends CommonOptions, HostFlags {
  readonly host: string;
  readonly port: number;
  readonly watch?: boolean;
  readonly name?: readonly string[];
  readonly packages?: readonly string[];
  readonly download?: readonly string[];
}

/** A service until SIGTERM or Ctrl-C; it stops with flush, which a second signal cuts short. */
export async function serve(shell: Shell, options: ServeOptions, rules: readonly string[]): Promise<void> {
  const { watch = false } = options;
  const listening = await listenOptions(shell, options);
  const [{ Service }, { startServer }] = await Promise.all([
    import('../service/service.js'),
    import('../server/server.js'),
  ]);
  const service = await Service.start({
    ...hostOptions(shell, options),
    watch,
    signal: shell.interrupted,
    ...(rules.length > 0 && { rules }),
  });
  try {
    const server = await startServer(service, listening);
    try {
      announce(shell, options, service, server);
      await untilEnded(shell.interrupted);
      shell.err.line('stopping; once more cuts it short');
    } finally {
      await server.close();
    }
  } finally {
    await service.stop({ signal: shell.impatience });
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
  const { out, err } = shell;
  const all = rules.list();
  const broken = [
    ...host.plugins.broken().map(({ dir, error }) => `${dir}: ${error.message}`),
    // One that has failed since is loaded, and its failure logged.
    ...all.flatMap(({ error }) => (error?.code === 'ERR_RULE_FILE' ? [error.message] : [])),
  ];
  if (options.json === true) return out.line(JSON.stringify({ url, pid: process.pid }));
  out.line(`rxport listens on ${url} (pid ${process.pid})`);
  const has = `${counted(host.plugins.list().length, 'plugin')}, ${counted(all.length, 'rule')}`;
  out.line(`${has}; Ctrl-C ends it`);
  for (const problem of broken) err.line(`${err.paint('red', 'not loaded:')} ${printable(problem)}`);
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
