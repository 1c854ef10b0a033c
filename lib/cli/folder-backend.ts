import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { downloadUnserved, noDataFolder, noService, serviceUnseen } from '../errors.js';
import type { Host } from '../host.js';
import type { InstalledPlugin } from '../install/installed-plugin.js';
import { livingOwner } from '../process/lock.js';
import type { LedgerAnswer, LogLine, PluginEntry, PluginStatus, RuleEntry, RuleState } from './answers.js';
import type { Backend, Done, InstallChoice, UpdateChoice } from './backend.js';
import { downloadHost, withZipDoor } from './doors.js';
import { removeEmptyFolders } from './empty-folders.js';
import { type FolderPlugins, readPlugins } from './folder-plugins.js';
import { pathOf } from './plugin-source.js';

/**
 * A data folder that no service runs over. What only looks, reads the folder; what changes it starts a host for as long as
 * the command takes.
 */
export class FolderBackend implements Backend {
  readonly isService = false;
  private host: Promise<Host> | undefined;

  /** `open` starts the host: who only looks must not wait until all of it has been loaded. */
  constructor(
    readonly where: string,
    private readonly open: () => Promise<Host>,
    private readonly signal: AbortSignal,
  ) {}

  async plugins(): Promise<readonly PluginEntry[]> {
    const { registry, broken } = await this.read();
    const others = broken.filter(({ name }) => !registry.has(name));
    return [...registry.list().map(entryOf), ...others.map(({ name }) => ({ name }))];
  }

  async plugin(name: string): Promise<PluginEntry> {
    const { registry, broken } = await this.read();
    const isBroken = !registry.has(name) && broken.some((one) => one.name === name);
    return isBroken ? { name } : entryOf(registry.get(name));
  }

  async status(name: string): Promise<PluginStatus> {
    const { registry, broken } = await this.read();
    const problem = registry.has(name) ? undefined : broken.find((one) => one.name === name);
    if (problem !== undefined) return { refCount: {}, status: 'error', errMsg: problem.error.message };
    registry.get(name);
    const owner = await livingOwner(this.where);
    if (owner === undefined) return { refCount: {}, status: 'stop', errMsg: '' };
    if (owner === 'unknown') return { refCount: {}, status: 'unknown', errMsg: UNSEEN };
    return { refCount: {}, status: 'unknown', errMsg: `a host without REST (pid ${owner}) runs over this folder` };
  }

  async install(source: string, { name, shellParas }: InstallChoice): Promise<Done> {
    const file = this.fileOf(source);
    const isNew = !(await this.isThere());
    const options = { signal: this.signal, ...(name !== undefined && { name }), ...(shellParas && { shellParas }) };
    try {
      const host = await this.start();
      const plugin = await host.plugins.install(file, options);
      return { name: plugin.name, text: `portable plugin ${plugin.name} is created` };
    } catch (error) {
      await this.close();
      // The wrong folder, perhaps: it would be found there from now on.
      if (isNew) await removeEmptyFolders(this.where);
      throw withZipDoor(error);
    }
  }

  async update(name: string, source: string, choice: UpdateChoice): Promise<Done> {
    const { shellParas, strategy, force } = choice;
    const file = this.fileOf(source);
    await this.checkThere();
    const host = await this.start();
    const options = {
      signal: this.signal,
      ...(strategy !== undefined && { strategy }),
      ...(force !== undefined && { force }),
      ...(shellParas && { shellParas }),
    };
    const report = await host.plugins.update(name, file, options).catch((error: unknown) => {
      throw withZipDoor(error);
    });
    return { name, text: `portable plugin ${name} is updated`, report };
  }

  async remove(name: string, force: boolean): Promise<Done> {
    await this.checkThere();
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
    this.host = undefined;
    await host?.stop();
  }

  private start(): Promise<Host> {
    this.host ??= this.open();
    return this.host;
  }

  private async read(): Promise<FolderPlugins> {
    await this.checkThere();
    return readPlugins(this.where);
  }

  private async refuse(what: string): Promise<never> {
    await this.checkThere();
    const dir = await realpath(this.where).catch(() => this.where);
    throw (await livingOwner(dir)) === 'unknown' ? serviceUnseen(what, dir) : noService(what, dir);
  }

  private isThere(): Promise<boolean> {
    return stat(this.where).then(
      () => true,
      (cause: unknown) => (cause as NodeJS.ErrnoException).code !== 'ENOENT',
    );
  }

  private async checkThere(): Promise<void> {
    if (!(await this.isThere())) throw noDataFolder(resolve(this.where));
  }

  private fileOf(source: string): string {
    const host = downloadHost(source);
    if (host !== undefined) throw downloadUnserved(source, host, this.where);
    return pathOf(source);
  }
}

const UNSEEN = 'a host of another user may run over this folder, its lock can not be read: ask its service with --url';

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
