/** eKuiper's words for what goes wrong with a plugin: its clients compare them. */
import { basename } from 'node:path';
import { faultOf } from '../control/fault-of.js';
import type { BrokenPlugin } from '../control/plugins.js';
import type { Plugin } from '../control/plugin-view.js';
import type { RxportError } from '../errors.js';
import type { Manifest } from '../install/manifest.js';
import type { ProcessState } from '../process/state.js';

/** What was asked for when it went wrong. */
export interface Asked {
  readonly command: 'create' | 'update';
  readonly name: string;
  readonly file: string;
  /** How many entries the package has, where that is known. */
  readonly entries?: number | undefined;
}

export function notInstalled(error: RxportError, asked: Asked): string {
  return `portable plugin ${asked.command} command error: ${whyNot(error, asked)}`;
}

function whyNot({ code, message, details }: RxportError, { name, file, entries }: Asked): string {
  switch (code) {
    case 'ERR_PLUGIN_EXISTS':
      return `invalid name ${name}: duplicate`;
    case 'ERR_PLUGIN_UNKNOWN':
      return `portable plugin ${name} is not found`;
    case 'ERR_NAME_INVALID':
      return `invalid name ${name}: ${message}`;
    case 'ERR_REQUEST_INVALID':
    case 'ERR_PLUGIN_BUSY':
    case 'ERR_HOST_STOPPED':
      return message;
    case 'ERR_DOWNLOAD_REFUSED':
    case 'ERR_DOWNLOAD_FAILED':
    case 'ERR_DOWNLOAD_LATE':
    case 'ERR_INSTALL_NOT_FOUND':
      return `fail to download file ${file}: ${message}`;
    case 'ERR_MANIFEST_MISSING':
    case 'ERR_PLUGIN_MISMATCH':
      // Of another language its file is there.
      if (entries === undefined || 'to' in details) return `fail to install plugin: ${message}`;
      return `fail to install plugin: missing or invalid json file ${name}.json, found ${entries} files in total`;
    default:
      return `fail to install plugin: ${message}`;
  }
}

export function notRemoved({ code, message }: RxportError, name: string): string {
  const why = code === 'ERR_PLUGIN_UNKNOWN' ? `portable plugin ${name} is not found` : message;
  return `delete portable plugin ${name} error: ${why}`;
}

/** eKuiper's word for where a plugin stands. */
export function statusWord({ phase }: ProcessState): 'running' | 'initializing' | 'error' | 'stop' {
  switch (phase) {
    case 'ready':
      return 'running';
    case 'starting':
    case 'backoff':
      return 'initializing';
    case 'failed':
      return 'error';
    case 'stopped':
    case 'stopping':
      return 'stop';
  }
}

/** As eKuiper describes a plugin: these keys, in this order. */
export const describePlugin = ({ name, dir, manifest }: Plugin): Description => describe(name, dir, manifest);

/** One that can not be loaded: the same keys, as far as they are known, and why. */
export const describeBroken = ({ dir, error, manifest }: BrokenPlugin): Description => ({
  ...describe(basename(dir), dir, manifest ?? UNREAD),
  error: error.message,
});

type Description = Readonly<Record<string, unknown>>;
type Described = Omit<Manifest, 'language'> & { readonly language: string };

const UNREAD: Described = { version: '', language: '', executable: '', sources: [], sinks: [], functions: [] };

function describe(name: string, dir: string, manifest: Described): Description {
  const { version, language, executable, sources, sinks, functions, virtualEnvType, env } = manifest;
  return {
    name,
    version,
    language,
    executable: executable === '' ? '' : `${dir}/${executable}`,
    ...(virtualEnvType !== undefined && { virtualEnvType }),
    ...(env !== undefined && { env }),
    sources,
    sinks,
    functions,
  };
}

/** eKuiper's three keys first, in its order: clients compare the text. */
export function statusOfPlugin(plugin: Plugin): Readonly<Record<string, unknown>> {
  const { state, pid, restarts, replicas, symbols, channels, lastErrors, manifest } = plugin;
  const { installedAt = null, source = null, sha256 = null, changed, lastUpdate = null } = plugin;
  const refCount = new Map<string, number>();
  for (const { ruleId } of symbols) refCount.set(ruleId, (refCount.get(ruleId) ?? 0) + 1);
  return {
    refCount: Object.fromEntries(refCount),
    status: statusWord(state),
    errMsg: faultOf(state, lastErrors)?.message ?? '',
    version: manifest.version,
    pid: pid ?? null,
    restarts,
    replicas: replicas.map(statusWord),
    symbols,
    channels,
    lastErrors,
    installedAt,
    source,
    sha256,
    changed,
    lastUpdate,
  };
}
