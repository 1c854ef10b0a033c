/** What commands that start a host can be told of it. */
import type { HostOptions } from '../host.js';
import { jsonLogger, type Logger, type LogLevel } from '../log.js';
import { dataFolder } from './data-folder.js';
import { lineLogger } from './line-logger.js';
import type { CommonOptions, Shell } from './shell.js';

export interface HostFlags {
  readonly allowScripts?: boolean;
  readonly python?: string;
  readonly transport?: 'native' | 'nanomsg';
  readonly verify?: 'off' | 'warn' | 'enforce';
  readonly logLevel?: LogLevel | 'silent';
}

/** A host logs lines for people on a terminal, JSON for what collects them elsewhere. */
export function hostOptions(
  { env, err }: Shell,
  flags: CommonOptions & HostFlags,
): HostOptions & { readonly logger: Logger } {
  const { allowScripts, python = env['RXPORT_PYTHON'], transport, verify, logLevel = 'warn' } = flags;
  return {
    dir: dataFolder(env, flags),
    logger: err.isTTY ? lineLogger(logLevel, err) : jsonLogger(logLevel),
    ...(allowScripts !== undefined && { allowScripts }),
    ...(python !== undefined && python !== '' && { pythonBin: python }),
    ...(transport !== undefined && { transport }),
    ...(verify !== undefined && { verify }),
  };
}
