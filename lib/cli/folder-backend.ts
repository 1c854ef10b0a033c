import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { noService, type RxportError } from '../errors.js';
import type { Host } from '../host.js';
import { pluginFolders } from '../install/folders.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import { loadAll } from '../install/load-all.js';
import { livingOwner } from '../process/lock.js';
import { Registry } from '../registry/registry.js';
import type { LedgerAnswer, LogLine, PluginEntry, PluginStatus, RuleEntry, RuleState } from './answers.js';
import type { Backend, Done, InstallChoice, UpdateChoice } from './backend.js';

interface Broken {
  readonly name: string;
  readonly error: RxportError;
}

/**
 * A data folder that no service runs over. What only looks, reads the folder; what changes it starts a host for as long as
 * the command takes.
 */
export class FolderBackend implements Backend {
  private host: Promise<Host> | undefined;

  /** `open` starts the host: who only looks must not wait until all of it has been loaded. */
  constructor(
    readonly where: string,
    private readonly open: () => Promise<Host>,
    private readonly signal: AbortSignal,
  ) {}

  async plugins(): Promise<readonly PluginEntry[]> {
    const { registry, broken } = await this.read();
    return [...registry.list().map(entryOf), ...broken.map(({ name }) => ({ name }))];
  }

  async plugin(name: string): Promise<PluginEntry> {
    const { registry, broken } = await this.read();
    return broken.some((one) => one.name === name) ? { name } : entryOf(registry.get(name));
  }

  async status(name: string): Promise<PluginStatus> {
    const { registry, broken } = await this.read();
    const problem = broken.find((one) => one.name === name);
    if (problem !== undefined) return { refCount: {}, status: 'error', errMsg: problem.error.message };
    registry.get(name);
    const owner = await livingOwner(this.where);
    if (owner === undefined) return { refCount: {}, status: 'stop', errMsg: '' };
    return { refCount: {}, status: 'unknown', errMsg: `a host without REST (pid ${owner}) runs over this folder` };
  }

  async install(source: string, { name, shellParas }: InstallChoice): Promise<Done> {
    const host = await this.start();
    const options = { signal: this.signal, ...(name !== undefined && { name }), ...(shellParas && { shellParas }) };
    const plugin = await host.plugins.install(pathOf(source), options);
    return { name: plugin.name, text: `portable plugin ${plugin.name} is created` };
  }

  async update(name: string, source: string, choice: UpdateChoice): Promise<Done> {
    const { shellParas, strategy, force } = choice;
    const host = await this.start();
    const options = {
      signal: this.signal,
      ...(strategy !== undefined && { strategy }),
      ...(force !== undefined && { force }),
      ...(shellParas && { shellParas }),
    };
    const report = await host.plugins.update(name, pathOf(source), options);
    return { name, text: `portable plugin ${name} is updated`, report };
  }

  async remove(name: string, force: boolean): Promise<Done> {
    const host = await this.start();
    await host.plugins.remove(name, { force, signal: this.signal });
    return { name, text: `portable plugin ${name} is deleted` };
  }

  turn(_: string, verb: 'start' | 'stop'): Promise<Done> {
    return this.refuse(`plugin ${verb}`);
  }

  logs(): Promise<readonly LogLine[]> {
    return this.refuse('plugin logs');
  }

  async *follow(): AsyncGenerator<LogLine> {
    yield* await this.logs();
  }

  rules(): Promise<readonly RuleEntry[]> {
    return this.refuse('rule list');
  }

  ruleState(): Promise<RuleState> {
    return this.refuse('rule status');
  }

  ledger(): Promise<LedgerAnswer> {
    return this.refuse('rule ledger');
  }

  turnRule(_: string, verb: 'start' | 'stop' | 'restart'): Promise<Done> {
    return this.refuse(`rule ${verb}`);
  }

  async close(): Promise<void> {
    const host = await this.host?.catch(() => undefined);
    await host?.stop();
  }

  private start(): Promise<Host> {
    this.host ??= this.open();
    return this.host;
  }

  /** As a host would load it, without starting anything. */
  private async read(): Promise<{ readonly registry: Registry; readonly broken: readonly Broken[] }> {
    const { portables, portable } = pluginFolders(this.where);
    const registry = new Registry();
    const broken: Broken[] = [];
    for (const found of await loadAll([portables, portable])) {
      try {
        if ('error' in found) throw found.error;
        registry.add(found.plugin);
      } catch (error) {
        broken.push({ name: basename(found.dir), error: error as RxportError });
      }
    }
    return { registry, broken };
  }

  private async refuse(what: string): Promise<never> {
    throw noService(what, await realpath(this.where).catch(() => this.where));
  }
}

/** The fields that eKuiper tells, and the rest of the manifest where it says something. */
function entryOf({ name, manifest, executable }: InstalledPlugin): PluginEntry {
  const { version, language, sources, sinks, functions, virtualEnvType, env } = manifest;
  return {
    name,
    version,
    language,
    executable,
    sources,
    sinks,
    functions,
    ...(virtualEnvType !== undefined && { virtualEnvType }),
    ...(env !== undefined && { env }),
  };
}

/** A `file:` address is a path to us. */
const pathOf = (source: string): string =>
  source.startsWith('file://') ? decodeURIComponent(new URL(source).pathname) : source;
