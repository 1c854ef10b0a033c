import { isSystemError, make, reasonOf, type RxportError } from './rxport-error.js';

export const manifestInvalid = (file: string, problems: readonly string[]): RxportError =>
  make('ERR_MANIFEST_INVALID', `${file}: ${problems.join('; ')}`, { file, problems });

export const manifestMissing = (source: string, problem: string): RxportError =>
  make('ERR_MANIFEST_MISSING', `${source} has no manifest: ${problem}`, { source });

export const installNotFound = (source: string, problem: string): RxportError =>
  make('ERR_INSTALL_NOT_FOUND', `cannot install ${source}: ${problem}; name a zip or a folder`, { source });

export const zipInvalid = (file: string, problem: string, cause?: unknown): RxportError =>
  make('ERR_ZIP_INVALID', `${file} can not be unpacked: ${problem}; make the zip again`, { file }, cause);

/** An entry of a zip, or of a folder that is installed, would leave the plugin's folder or is no plain file. */
export const zipPath = (file: string, entry: string, problem: string): RxportError =>
  make('ERR_ZIP_PATH', `${file} holds ${JSON.stringify(entry)}, ${problem}`, { file, entry });

/** `limit` of `zipLimits`. */
export const zipLimit = (file: string, limit: 'entries' | 'bytes' | 'ratio', problem: string): RxportError =>
  make('ERR_ZIP_LIMIT', `${file} is too large: ${problem}; install the unpacked folder instead, or raise zipLimits`, {
    file,
    limit,
  });

export const pluginExecutable = (plugin: string, executable: string, problem: string): RxportError =>
  make('ERR_PLUGIN_EXECUTABLE', `plugin ${plugin}: executable ${executable} ${problem}`, { plugin, executable });

export const pluginExists = (plugin: string, dir: string): RxportError =>
  make('ERR_PLUGIN_EXISTS', `plugin ${plugin} is there already (${dir}): update it, or remove it first`, {
    plugin,
    dir,
  });

export const pluginArriving = (plugin: string): RxportError =>
  make(
    'ERR_PLUGIN_EXISTS',
    `plugin ${plugin} is being installed already: wait for that, or remove it to give that up`,
    {
      plugin,
    },
  );

/** Its folder is there, and holds no plugin that can be loaded: under the code of why. */
export const pluginUnloaded = (plugin: string, cause: RxportError): RxportError =>
  make(cause.code, `plugin ${plugin} is not loaded: ${cause.message}`, cause.details, cause);

export const symbolTaken = (symbol: string, owner: string, plugin: string): RxportError =>
  make('ERR_SYMBOL_TAKEN', `plugin ${owner} has ${symbol} already: rename one, or remove ${owner}`, { owner, plugin });

export const symbolLeaving = (symbol: string, owner: string, plugin: string): RxportError =>
  make('ERR_SYMBOL_TAKEN', `plugin ${owner} has ${symbol} until its update is over: try again then`, { owner, plugin });

export const pluginUnknown = (plugin: string, hint = 'list the plugins to see what is'): RxportError =>
  make('ERR_PLUGIN_UNKNOWN', `plugin ${plugin} is not installed: ${hint}`, { plugin });

export const symbolUnknown = (kind: string, symbol: string, hint: string): RxportError =>
  make('ERR_SYMBOL_UNKNOWN', `no installed plugin has a ${kind} ${symbol}: ${hint}`, { kind, symbol });

/** `pluginDir`: of the version of the plugin that was looked at. */
export const confKeyUnknown = (
  facts: { readonly kind: string; readonly symbol: string; readonly confKey: string; readonly pluginDir: string },
  hint: string,
): RxportError => {
  const { kind, symbol, confKey } = facts;
  return make('ERR_CONF_KEY_UNKNOWN', `${kind} ${symbol} has no confKey ${JSON.stringify(confKey)}: ${hint}`, facts);
};

export const scriptRefused = (plugin: string, source: string): RxportError =>
  make(
    'ERR_SCRIPT_REFUSED',
    `plugin ${plugin}: ${source} holds install.sh, which would run here as this user: look at it, then allow it ` +
      `(host setting allowScripts: true, or --allow-scripts)`,
    { plugin, source },
  );

/** How a program has ended that was run to install a plugin. */
export interface RunFacts {
  readonly end: 'exited' | 'late' | 'unspawned';
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: readonly string[];
  readonly cause?: unknown;
}

export const scriptFailed = (plugin: string, facts: RunFacts, timeout: number): RxportError =>
  make(
    'ERR_SCRIPT_FAILED',
    `plugin ${plugin}: install.sh ${howItEnded(facts, timeout)}.${lastLines(facts)}`,
    { plugin, code: facts.code, signal: facts.signal, late: facts.end === 'late', output: facts.output },
    facts.cause,
  );

/** `step`: what was run, as a person would type it. */
export const environmentFailed = (plugin: string, step: string, facts: RunFacts, timeout: number): RxportError =>
  make(
    'ERR_ENVIRONMENT',
    `plugin ${plugin}: its Python environment can not be made: ${step} ${howItEnded(facts, timeout)}.${lastLines(facts)}`,
    { plugin, step, code: facts.code, signal: facts.signal, late: facts.end === 'late', output: facts.output },
    facts.cause,
  );

/** The program that makes environments is not there. */
export const environmentMissing = (plugin: string, program: string, remedy: string): RxportError =>
  make('ERR_ENVIRONMENT', `plugin ${plugin}: its Python environment needs ${program}, which is not found: ${remedy}`, {
    plugin,
    program,
  });

const howItEnded = ({ end, code, signal, cause }: RunFacts, timeout: number): string => {
  if (end === 'unspawned') return `can not be executed: ${reasonOf(cause)}`;
  if (end === 'late') return `was killed after ${timeout} ms (see scriptTimeout)`;
  return signal === null ? `ended with code ${code}` : `ended by signal ${signal}`;
};

const lastLines = ({ output }: RunFacts, most = 5): string => {
  const lines = output.filter((line) => line.trim() !== '').slice(-most);
  return lines.length === 0 ? '' : ` Last output: ${lines.map((line) => line.trim()).join(' | ')}`;
};

/** Files that are not what was installed, by their paths in the plugin's folder. */
export interface ChangedFiles {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
}

export const pluginChanged = (plugin: string, dir: string, files: ChangedFiles): RxportError => {
  const parts = Object.entries(files).flatMap(([what, paths]: [string, readonly string[]]) =>
    paths.length === 0 ? [] : [`${what} ${someOf(paths)}`],
  );
  return make(
    'ERR_PLUGIN_CHANGED',
    `plugin ${plugin} is not what was installed (${dir}): ${parts.join('; ')}; put that right, or update it`,
    { plugin, dir, ...files },
  );
};

const someOf = (paths: readonly string[], most = 5): string =>
  paths.length > most ? `${paths.slice(0, most).join(', ')} and ${paths.length - most} more` : paths.join(', ');

/** The name that was asked for is not the name in the package; eKuiper's words first. */
export const pluginNamed = (name: string, source: string, found: string): RxportError =>
  make(
    'ERR_PLUGIN_MISMATCH',
    `invalid plugin, expect name '${name}' but got '${found}': ${source} holds ${found}.json`,
    { name, source, found },
  );

/** What a host has to know before it works there. */
export const dataFolder = (folder: string, cause: unknown): RxportError =>
  make(
    'ERR_DATA_FOLDER',
    `${folder} can not be read: ${reasonOf(cause)}; nothing was deleted: mend that, and start the host again`,
    { folder },
    cause,
  );

/** A host has files of its own in its folders, and its sockets. */
export const folderUnusable = (what: 'data folder' | 'socket folder', folder: string, cause: unknown): RxportError =>
  make(
    'ERR_DATA_FOLDER',
    `${folder} can not be used as ${what}: ${reasonOf(cause)}; make it one that this user may write to, or name another`,
    { folder },
    cause,
  );

/** What a file system says against a package; everything else as it is. */
export const notInstalled = (source: string, cause: unknown): unknown =>
  isSystemError(cause)
    ? make(
        'ERR_DATA_FOLDER',
        `${source} was not installed: ${reasonOf(cause)}; mend that, and try again`,
        { source },
        cause,
      )
    : cause;

/** What is made complete in one folder is moved to another in one step. */
export const folderSplit = (from: string, to: string, cause: unknown): RxportError =>
  make(
    'ERR_DATA_FOLDER',
    `${to} lies on another file system than ${from}, and can not be moved to: keep the whole folder plugins of a data folder on one`,
    { from, to },
    cause,
  );

/** Its process has ended, its files are where they were. */
export const notRemoved = (plugin: string, home: string, cause: unknown): RxportError =>
  make(
    'ERR_DATA_FOLDER',
    `plugin ${plugin} was not removed: ${reasonOf(cause)}; mend that, and remove it again`,
    { plugin, home },
    cause,
  );
