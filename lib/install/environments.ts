/**
 * Python environments, each made of the `requirements.txt` of a plugin and shared by all that ask for the same.
 *
 * An environment can not be moved (its scripts name its path), so it is made where it stays, and counts once the file is
 * in it that is written last.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as t from 'io-ts';
import { environmentFailed, environmentMissing, type RxportError } from '../errors.js';
import { type Ended, NOT_FOUND, type RunCommand, type RunLimits } from './command.js';
import type { HashFile } from './fingerprint.js';
import { flush, flushTree } from './flush.js';
import type { InstalledPlugin } from './installed-plugin.js';
import { orAborted } from './or-aborted.js';
import { removeTree } from './remove-tree.js';
import { filesNamed, type IsOfPackage, REQUIREMENTS, requirementsOf } from './requirements.js';

export interface EnvironmentOptions {
  /** Where they are kept. */
  readonly folder: string;
  readonly run: RunCommand;
  /** Which files of its folder are those of the package, where a requirement names a folder; default `isSource`. */
  readonly isOfPackage?: ((plugin: InstalledPlugin) => IsOfPackage | undefined) | undefined;
  /** Default `python3`. */
  readonly pythonBin?: string | undefined;
  /** Default `uv`. */
  readonly uvBin?: string | undefined;
  /** Milliseconds for each step. */
  readonly timeout: number;
  /** How files are hashed that requirements name; default `hashFile`. */
  readonly hash?: HashFile | undefined;
  /** Ends what is asked for everybody. */
  readonly closing?: AbortSignal | undefined;
}

/** Written last. */
const MARK = 'rxport.json';
/** Tells interpreters apart that make different environments; the last line is the version of its pip, if it has one. */
const IDENTITY = [
  'import sys, sysconfig',
  'print(sys.version.replace(chr(10), " "), sys.base_prefix, sysconfig.get_platform())',
  'try:',
  '  import pip; print(pip.__version__)',
  'except ImportError: print(0)',
].join('\n');
/** From this version on, pip installs into an environment that has none of its own: making one takes seconds. */
const PIP_FOR_OTHERS = 22.3;
/** Milliseconds in which an interpreter says what it is. */
const PATIENCE = 10_000;
const Mark = t.intersection([t.type({ madeFor: t.string }), t.partial({ identity: t.string })]);
type Mark = t.TypeOf<typeof Mark>;

export const needsEnvironment = ({ manifest }: InstalledPlugin): boolean =>
  manifest.language === 'python' && (manifest.virtualEnvType === 'venv' || manifest.virtualEnvType === 'uv');

interface Interpreter {
  readonly identity: string;
  readonly lendsPip: boolean;
}

interface Demand {
  readonly kind: string | undefined;
  readonly requirements: string;
  readonly files: readonly (readonly [string, string])[];
}

const keyOf = ({ kind, requirements, files }: Demand, identity: string): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, identity, requirements, files]))
    .digest('hex')
    .slice(0, 32);

type CommandWords = readonly [file: string, ...args: string[]];

export const pythonOf = (dir: string): string => join(dir, 'bin/python');

export class Environments {
  private readonly making = new Map<string, Promise<void>>();
  private asked: Promise<Interpreter> | undefined;

  constructor(private readonly options: EnvironmentOptions) {}

  /**
   * The folder of the plugin's environment, made when it is missing; undefined for a plugin that wants none.
   *
   * Rejects with `ERR_ENVIRONMENT`, and with the reason of an aborted signal.
   */
  async ensure(plugin: InstalledPlugin, signal?: AbortSignal): Promise<string | undefined> {
    if (!needsEnvironment(plugin)) return undefined;
    const dir = await orAborted(this.dirFor(plugin), signal);
    // Of two that want the same, one makes it; who was aborted has made it for nobody.
    for (let other = this.making.get(dir); other !== undefined; other = this.making.get(dir))
      await orAborted(
        other.catch(() => undefined),
        signal,
      );
    const work = this.makeMissing(plugin, dir, signal);
    this.making.set(dir, work);
    try {
      await work;
    } finally {
      this.making.delete(dir);
    }
    return dir;
  }

  private async dirFor(plugin: InstalledPlugin): Promise<string> {
    const [demand, { identity }] = [await this.demandOf(plugin), await this.interpreter(plugin)];
    return join(this.options.folder, keyOf(demand, identity));
  }

  /** Deletes those that none of these plugins uses, and what is half made. Only before any is made. */
  async tidy(plugins: readonly InstalledPlugin[], drop = removeTree): Promise<void> {
    const found = await readdir(this.options.folder).catch(() => []);
    if (found.length === 0) return;
    const all = plugins.filter(needsEnvironment).map((plugin) => this.demandOf(plugin));
    const demands = await Promise.all(all).catch(() => undefined);
    // What can not be read may be what one was made of.
    if (demands === undefined) return;
    // With its own interpreter: that of this host may be another, for once.
    const isUsed = (name: string, { identity, madeFor }: Mark): boolean =>
      identity === undefined
        ? plugins.some((plugin) => plugin.name === madeFor)
        : demands.some((demand) => keyOf(demand, identity) === name);
    for (const name of found) {
      const dir = join(this.options.folder, name);
      const mark = await markOf(dir);
      if (mark === undefined || !isUsed(name, mark)) await drop(dir);
    }
  }

  /** What a plugin wants of an environment: its kind, the requirements, and the files that these name. */
  private async demandOf(plugin: InstalledPlugin): Promise<Demand> {
    const requirements = await requirementsOf(plugin);
    const { hash, isOfPackage } = this.options;
    const files = await filesNamed(requirements, plugin.dir, { hash, isOfPackage: isOfPackage?.(plugin) });
    return { kind: plugin.manifest.virtualEnvType, requirements, files };
  }

  private async interpreter(plugin: InstalledPlugin): Promise<Interpreter> {
    const { pythonBin = 'python3', closing: signal } = this.options;
    this.asked ??= this.step(plugin, pythonBin, ['-c', IDENTITY], { timeout: PATIENCE, signal }).then(({ output }) => ({
      identity: output.slice(0, -1).join('\n'),
      lendsPip: Number.parseFloat(output.at(-1) ?? '') >= PIP_FOR_OTHERS,
    }));
    try {
      return await this.asked;
    } catch (error) {
      this.asked = undefined;
      throw error;
    }
  }

  private async makeMissing(plugin: InstalledPlugin, dir: string, signal?: AbortSignal): Promise<void> {
    if ((await markOf(dir)) !== undefined) return;
    signal?.throwIfAborted();
    await this.make(plugin, dir, signal);
  }

  private async make(plugin: InstalledPlugin, dir: string, signal?: AbortSignal): Promise<void> {
    await removeTree(dir);
    await mkdir(this.options.folder, { recursive: true });
    const requirements = await requirementsOf(plugin);
    const { identity } = await this.interpreter(plugin);
    const limits = { timeout: this.options.timeout, signal };
    try {
      const steps = plugin.manifest.virtualEnvType === 'uv' ? this.withUv(dir) : await this.withVenv(plugin, dir);
      for (const [file, ...args] of requirements === '' ? steps.slice(0, 1) : steps)
        await this.step(plugin, file, args, limits);
      await flushTree(dir);
      await writeFile(join(dir, MARK), JSON.stringify({ madeFor: plugin.name, identity, requirements }));
      await flush(join(dir, MARK));
    } catch (error) {
      await removeTree(dir).catch(() => undefined);
      throw error;
    }
  }

  /** What makes an empty environment, and what fills it. */
  private withUv(dir: string): readonly CommandWords[] {
    const { pythonBin = 'python3', uvBin = 'uv' } = this.options;
    const install = [uvBin, 'pip', 'install', '--quiet', '--compile-bytecode', '--python', pythonOf(dir)] as const;
    return [
      [uvBin, 'venv', '--quiet', '--python', pythonBin, dir],
      [...install, '-r', REQUIREMENTS],
    ];
  }

  private async withVenv(plugin: InstalledPlugin, dir: string): Promise<readonly CommandWords[]> {
    const { pythonBin = 'python3' } = this.options;
    const { lendsPip } = await this.interpreter(plugin);
    const install = ['install', '--quiet', '--no-input', '--disable-pip-version-check', '-r', REQUIREMENTS] as const;
    const make = [pythonBin, '-m', 'venv', '--without-pip', dir] as const;
    if (lendsPip) return [make, [pythonBin, '-m', 'pip', '--python', pythonOf(dir), ...install]];
    return [make, [pythonOf(dir), '-m', 'ensurepip'], [pythonOf(dir), '-m', 'pip', ...install]];
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

/** What it was made of; undefined for one that is half made. */
async function markOf(dir: string): Promise<Mark | undefined> {
  try {
    const mark: unknown = JSON.parse(await readFile(join(dir, MARK), 'utf8'));
    return Mark.is(mark) ? mark : undefined;
  } catch {
    return undefined;
  }
}
