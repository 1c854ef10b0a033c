import { resolve } from 'node:path';
import { readToken } from './find-backend.js';
import { pluginSettings } from './host-flags.js';
import type { PluginFlags } from './install-flags.js';
import type { CommonOptions, Shell } from './shell.js';
import { untilEnded } from './until-ended.js';

interface DevOptions extends CommonOptions, PluginFlags {
  readonly name?: string;
  readonly host: string;
  readonly port: number;
  readonly byHand?: boolean;
  readonly watch?: boolean;
  readonly trace?: boolean;
}

/** The plugin test server, until Ctrl-C. */
export async function dev(shell: Shell, options: DevOptions, folder?: string): Promise<void> {
  const { name, host, port, byHand = false, watch = false, trace = false, json = false } = options;
  const token = await readToken(shell.env, options);
  const { startDevServer } = await import('../devserver/dev-server.js');
  const server = await startDevServer({
    host,
    port,
    watch,
    trace,
    settings: pluginSettings(shell.env, options),
    signal: shell.interrupted,
    ...(folder !== undefined || name === undefined ? { folder: resolve(folder ?? '.') } : {}),
    ...(byHand && { launch: false }),
    ...(name !== undefined && { name }),
    ...(token !== undefined && { token }),
  });
  try {
    const { url, byHand: start } = server;
    // For people the server has said where it is, and how the plugin is started.
    shell.out.line(
      json ? JSON.stringify({ url, start: start?.text }) : `curl ${url} lists what it takes; Ctrl-C ends it`,
    );
    await untilEnded(shell.interrupted);
  } finally {
    await server.close();
  }
}
