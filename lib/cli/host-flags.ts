/** What commands that start a host can be told of it. */
import type { HostOptions } from '../host.js';
import { jsonLogger, type Logger, type LogLevel } from '../log.js';
import { dataFolder } from './data-folder.js';
import type { InstallFlags, PluginFlags } from './install-flags.js';
import { lineLogger } from './line-logger.js';
import type { CommonOptions, Shell } from './shell.js';

export interface HostFlags extends InstallFlags {
  readonly transport?: 'native' | 'nanomsg';
  readonly verify?: 'off' | 'warn' | 'enforce';
  readonly logLevel?: LogLevel | 'silent';
}

const MIB = 1024 * 1024;

/** A host logs lines for people on a terminal, JSON for what collects them elsewhere. */
export function hostOptions(
  { env, err }: Shell,
  flags: CommonOptions & HostFlags,
): HostOptions & { readonly logger: Logger } {
  const { allowScripts, maxUnpacked, maxFiles, transport, verify, logLevel = 'warn' } = flags;
  const zipLimits = {
    ...(maxUnpacked !== undefined && { bytes: maxUnpacked * MIB }),
    ...(maxFiles !== undefined && { entries: maxFiles }),
  };
  return {
    ...pluginSettings(env, flags),
    dir: dataFolder(env, flags),
    logger: err.isTTY ? lineLogger(logLevel, err) : jsonLogger(logLevel),
    ...(allowScripts !== undefined && { allowScripts }),
    ...(Object.keys(zipLimits).length > 0 && { zipLimits }),
    ...(transport !== undefined && { transport }),
    ...(verify !== undefined && { verify }),
  };
}

type PluginSettings = Pick<HostOptions, 'scriptTimeout' | 'env' | 'pythonBin' | 'nodeBin' | 'uvBin' | 'condaBin'>;

/** How plugins are started. */
export function pluginSettings(env: NodeJS.ProcessEnv, flags: PluginFlags): PluginSettings {
  const { scriptTimeout, python = env['RXPORT_PYTHON'], node, uv, conda } = flags;
  return {
    ...(scriptTimeout !== undefined && { scriptTimeout: scriptTimeout * 1_000 }),
    ...(flags.env !== undefined && { env: named(flags.env, env) }),
    ...(python !== undefined && python !== '' && { pythonBin: python }),
    ...(node !== undefined && { nodeBin: node }),
    ...(uv !== undefined && { uvBin: uv }),
    ...(conda !== undefined && { condaBin: conda }),
  };
}

/** The names; a host hands on what is in the environment of its process, so that values are put there. */
function named(variables: readonly string[], env: NodeJS.ProcessEnv): readonly string[] {
  return variables.map((text) => {
    const [, name = text, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    if (value !== undefined) env[name] = value;
    return name;
  });
}
