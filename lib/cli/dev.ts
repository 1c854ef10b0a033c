import { resolve } from 'node:path';
import { jsonLogger } from '../log.js';
import { readToken } from './find-backend.js';
import { lineLogger } from './line-logger.js';
import { loadDevServer } from './parts.js';
import type { CommonOptions, Shell } from './shell.js';
import { untilEnded } from './until-ended.js';

interface DevOptions extends CommonOptions {
  readonly name?: string;
  readonly host: string;
  readonly port: number;
  readonly watch?: boolean;
  readonly trace?: boolean;
}

/** The plugin test server, until Ctrl-C. */
export async function dev(shell: Shell, options: DevOptions, folder?: string): Promise<void> {
  const { name, host, port, watch = false, trace = false, json = false } = options;
  const token = await readToken(shell.env, options);
  const { startDevServer } = await loadDevServer();
  const server = await startDevServer({
    host,
    port,
    watch,
    trace,
    log: shell.err.isTTY ? lineLogger('info', shell.err) : jsonLogger('info'),
    ...(folder !== undefined || name === undefined ? { folder: resolve(folder ?? '.') } : {}),
    ...(name !== undefined && { name }),
    ...(token !== undefined && { token }),
  });
  shell.out.line(
    json ? JSON.stringify({ url: server.url }) : `the plugin test server listens on ${server.url}, Ctrl-C ends it`,
  );
  await untilEnded(shell.interrupted);
  await server.close();
}
