/**
 * Python environments, each made of the `requirements.txt` of a plugin and shared by all that ask for the same.
 *
 * An environment can not be moved (its scripts name its path), so it is made where it stays, and counts once the file is
 * in it that is written last.
 */
import { createHash } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { environmentFailed, environmentMissing, type RxportError } from '../errors.js';
import { type Ended, NOT_FOUND, type RunCommand, type RunLimits } from './command.js';
import { isInside } from './copy-folder.js';
import { fingerprint, hashFile } from './fingerprint.js';
import { flush, flushTree } from './flush.js';
import type { InstalledPlugin } from './installed-plugin.js';

export interface EnvironmentOptions {
  /** Where they are kept. */
  readonly folder: string;
  readonly run: RunCommand;
  /** Default `python3`. */
  readonly pythonBin?: string | undefined;
  /** Default `uv`. */
  readonly uvBin?: string | undefined;
  /** Milliseconds for each step. */
  readonly timeout: number;
}

/** Written last. */
const MARK = 'rxport.json';
const REQUIREMENTS = 'requirements.txt';
/** Tells interpreters apart that make different environments. */
const IDENTITY = 'import sys, sysconfig; print(sys.version, sys.base_prefix, sysconfig.get_platform())';
/** Milliseconds in which an interpreter says what it is. */
const PATIENCE = 10_000;
/** What building a package leaves beside its sources. */
const BUILT = /(^|\/)(__pycache__|build|[^/]+\.egg-info)(\/|$)/;

export const needsEnvironment = ({ manifest }: InstalledPlugin): boolean =>
  manifest.language === 'python' && (manifest.virtualEnvType === 'venv' || manifest.virtualEnvType === 'uv');

export class Environments {
  private readonly making = new Map<string, Promise<void>>();
  private identity: Promise<string> | undefined;

  constructor(private readonly options: EnvironmentOptions) {}

  /**
   * The folder of the plugin's environment, made when it is missing; undefined for a plugin that wants none.
   *
   * Rejects with `ERR_ENVIRONMENT`, and with the reason of an aborted signal.
   */
  async ensure(plugin: InstalledPlugin, signal?: AbortSignal): Promise<string | undefined> {
    if (!needsEnvironment(plugin)) return undefined;
    const dir = join(this.options.folder, await this.keyOf(plugin));
    // Of two that want the same, one makes it; who was aborted has made it for nobody.
    for (let other = this.making.get(dir); other !== undefined; other = this.making.get(dir))
      await other.catch(() => undefined);
    if (await isMade(dir)) return dir;
    signal?.throwIfAborted();
    const work = this.make(plugin, dir, signal);
    this.making.set(dir, work);
    try {
      await work;
    } finally {
      this.making.delete(dir);
    }
    return dir;
  }

  /** Deletes those that none of these plugins uses, and what is half made. Only before any is made. */
  async tidy(plugins: readonly InstalledPlugin[]): Promise<void> {
    const found = await readdir(this.options.folder).catch(() => []);
    if (found.length === 0) return;
    const keys = plugins.filter(needsEnvironment).map((plugin) => this.keyOf(plugin));
    const used = await Promise.all(keys).catch(() => undefined);
    // Without its interpreter nobody knows what a plugin uses.
    if (used === undefined) return;
    for (const name of found) {
      const dir = join(this.options.folder, name);
      if (!used.includes(name) || !(await isMade(dir))) await rm(dir, { recursive: true, force: true });
    }
  }

  /** What an environment is made of: its kind, its interpreter, the requirements, and the files that these name. */
  private async keyOf(plugin: InstalledPlugin): Promise<string> {
    const requirements = await requirementsOf(plugin);
    const files = await filesNamed(requirements, plugin.dir);
    const parts = [plugin.manifest.virtualEnvType, await this.interpreter(plugin), requirements, files];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  }

  private async interpreter(plugin: InstalledPlugin): Promise<string> {
    const { pythonBin = 'python3' } = this.options;
    this.identity ??= this.step(plugin, pythonBin, ['-c', IDENTITY], { timeout: PATIENCE }).then(({ output }) =>
      output.join('\n'),
    );
    try {
      return await this.identity;
    } catch (error) {
      this.identity = undefined;
      throw error;
    }
  }

  private async make(plugin: InstalledPlugin, dir: string, signal?: AbortSignal): Promise<void> {
    const { pythonBin = 'python3', uvBin = 'uv', folder, timeout } = this.options;
    const limits = { timeout, signal };
    await rm(dir, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const python = join(dir, 'bin/python');
    const requirements = join(plugin.dir, REQUIREMENTS);
    const wanted = (await requirementsOf(plugin)) !== '';
    try {
      if (plugin.manifest.virtualEnvType === 'uv') {
        await this.step(plugin, uvBin, ['venv', '--quiet', '--python', pythonBin, dir], limits);
        const install = ['pip', 'install', '--quiet', '--compile-bytecode', '--python', python, '-r', requirements];
        if (wanted) await this.step(plugin, uvBin, install, limits);
      } else {
        await this.step(plugin, pythonBin, ['-m', 'venv', dir], limits);
        const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
        if (wanted) await this.step(plugin, python, [...install, '-r', requirements], limits);
      }
      await flushTree(dir);
      await writeFile(
        join(dir, MARK),
        JSON.stringify({ madeFor: plugin.name, requirements: await requirementsOf(plugin) }),
      );
      await flush(join(dir, MARK));
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      throw error;
    }
  }

  private async step(
    plugin: InstalledPlugin,
    file: string,
    args: readonly string[],
    limits: RunLimits,
  ): Promise<Ended> {
    const ended = await this.options.run({ name: plugin.name, file, args, cwd: plugin.dir }, limits);
    if (ended.end === 'exited' && ended.code === 0) return ended;
    throw stepError(plugin, [basename(file), ...args].join(' '), file, ended, this.options);
  }
}

function stepError(
  { name, manifest }: InstalledPlugin,
  step: string,
  file: string,
  ended: Ended,
  { uvBin = 'uv', timeout }: EnvironmentOptions,
): RxportError {
  const isAbsent = ended.end === 'unspawned' || (ended.end === 'exited' && ended.code === NOT_FOUND);
  if (!isAbsent) return environmentFailed(name, step, ended, timeout);
  const remedy =
    manifest.virtualEnvType === 'uv' && file === uvBin
      ? 'install uv (https://docs.astral.sh/uv), name it (host setting uvBin), or use virtualEnvType "venv"'
      : 'install Python 3 with its module venv, or name it (host setting pythonBin)';
  return environmentMissing(name, file, remedy);
}

/** Without comments and empty lines: they change nothing. */
async function requirementsOf({ dir }: InstalledPlugin): Promise<string> {
  const text = await readFile(join(dir, REQUIREMENTS), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw cause;
  });
  const lines = text.split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, '').trim());
  return lines.filter((line) => line !== '').join('\n');
}

/** Hashes of what a requirement names in the plugin's folder: a wheel, a package, a further list. */
async function filesNamed(requirements: string, dir: string): Promise<readonly (readonly [string, string])[]> {
  const words = new Set(requirements.split(/[\s@=,;]+/).map((word) => word.replace(/^file:(\/\/)?/, '')));
  const found: (readonly [string, string])[] = [];
  for (const word of [...words].filter((one) => one !== '')) {
    const path = resolve(dir, word);
    const type = isInside(dir, path) ? await lstat(path).catch(() => undefined) : undefined;
    if (type?.isFile() === true) found.push([word, await hashFile(path)]);
    if (type?.isDirectory() === true)
      found.push(...[...(await fingerprint(path))].filter(([file]) => !BUILT.test(file)));
  }
  return found.sort();
}

const isMade = (dir: string): Promise<boolean> =>
  readFile(join(dir, MARK)).then(
    () => true,
    () => false,
  );
