import { make, type RxportError } from './rxport-error.js';

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

export const zipLimit = (file: string, problem: string): RxportError =>
  make('ERR_ZIP_LIMIT', `${file} is too large: ${problem}`, { file });

export const pluginExecutable = (plugin: string, executable: string, problem: string): RxportError =>
  make('ERR_PLUGIN_EXECUTABLE', `plugin ${plugin}: executable ${executable} ${problem}`, { plugin, executable });

export const pluginExists = (plugin: string, dir: string): RxportError =>
  make('ERR_PLUGIN_EXISTS', `plugin ${plugin} is there already (${dir}): update it, or remove it first`, {
    plugin,
    dir,
  });

export const symbolTaken = (symbol: string, owner: string, plugin: string): RxportError =>
  make('ERR_SYMBOL_TAKEN', `plugin ${owner} has ${symbol} already: rename one, or remove ${owner}`, { owner, plugin });

export const pluginUnknown = (plugin: string, hint: string): RxportError =>
  make('ERR_PLUGIN_UNKNOWN', `plugin ${plugin} is not installed: ${hint}`, { plugin });

export const symbolUnknown = (kind: string, symbol: string, hint: string): RxportError =>
  make('ERR_SYMBOL_UNKNOWN', `no installed plugin has a ${kind} ${symbol}: ${hint}`, { kind, symbol });

export const confKeyUnknown = (symbol: string, confKey: string, hint: string): RxportError =>
  make('ERR_CONF_KEY_UNKNOWN', `${symbol} has no confKey ${JSON.stringify(confKey)}: ${hint}`, { symbol, confKey });
