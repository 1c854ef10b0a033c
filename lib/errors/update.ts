import { make, reasonOf, type RxportError } from './rxport-error.js';

export const pluginBusy = (name: string): RxportError =>
  make('ERR_PLUGIN_BUSY', `plugin ${name} is being installed, updated or removed: try again when that is done`, {
    name,
  });

/** Only those of our SDK are told where to find their host. */
export const languageChanged = (name: string, from: string, to: string): RxportError =>
  make(
    'ERR_PLUGIN_MISMATCH',
    `plugin ${name} has the language ${from}, the new version ${to}, which looks for its host in another folder: remove the plugin, then install the new version`,
    { name, from, to },
  );

export const symbolInUse = (
  name: string,
  version: string,
  lost: Readonly<Record<string, readonly string[]>>,
): RxportError =>
  make(
    'ERR_SYMBOL_IN_USE',
    `plugin ${name} ${version} has no ${describe(lost)}: stop these rules first, or force the update`,
    { name, version, lost },
  );

/** `source random (used by a, b), function echo (used by a)` */
const describe = (lost: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(lost)
    .map(([symbol, rules]) => `${symbol} (used by ${rules.join(', ')})`)
    .join(', ');

export const symbolRemoved = (name: string, symbol: string, version: string): RxportError =>
  make('ERR_SYMBOL_REMOVED', `plugin ${name} was updated to ${version}, which has no ${symbol}`, {
    name,
    symbol,
    version,
  });

/** Why an update failed, under the code of its cause. */
export const notUpdated = (name: string, version: string, cause: RxportError): RxportError =>
  make(cause.code, `plugin ${name} was not updated, ${version} goes on: ${cause.message}`, cause.details, cause);

/** An update was taken back, and what it had moved was not: why the one, and why the other. */
export const pluginMisplaced = (
  name: string,
  { home, files }: { readonly home: string; readonly files: string },
  [why, whyNotBack]: readonly [unknown, unknown],
): RxportError =>
  make(
    'ERR_PLUGIN_MISPLACED',
    `${home} is gone, and the files of plugin ${name} are in ${files}: ${reasonOf(why)}; and then ${reasonOf(whyNotBack)}; the next start of the host puts them back`,
    { name, home, files, whyNotBack: reasonOf(whyNotBack) },
    why,
  );
