import type { RxportError } from '../errors.js';
import type { Manifest } from '../install/manifest.js';
import { PLURAL, SYMBOL_KINDS, type SymbolKind } from '../wire/names.js';

/** A plugin whose process is ready. */
export interface Supplier {
  readonly name: string;
  /** The folder of the version that serves. */
  readonly dir: string;
  readonly manifest: Pick<Manifest, 'sources' | 'sinks' | 'functions'>;
  /** ISO 8601; undefined for one that was put into the folder by hand. */
  readonly installedAt: string | undefined;
}

export interface Failure {
  readonly error: RxportError;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/**
 * The plugin that brings what a rule has failed for want of. Errors that count are those of a symbol that no plugin had
 * (`ERR_SYMBOL_UNKNOWN`), that a new version has lost (`ERR_SYMBOL_REMOVED`), of a plugin that was only coming
 * (`ERR_PLUGIN_BUSY`), and of a `confKey` that it has not had so far (`ERR_CONF_KEY_UNKNOWN`). One whose process fails is
 * tried again by the restart policy of the rule.
 */
export const supplierOf = (failure: Failure, ready: readonly Supplier[]): Supplier | undefined =>
  ready.find((plugin) => supplies(plugin, failure));

function supplies(plugin: Supplier, { error: { code, details }, since }: Failure): boolean {
  const { kind, symbol, name, pluginDir } = details;
  const hasSymbol = SYMBOL_KINDS.some((one) => (kind === undefined || one === kind) && has(plugin, one, symbol));
  switch (code) {
    case 'ERR_SYMBOL_UNKNOWN':
    case 'ERR_SYMBOL_REMOVED':
      return hasSymbol;
    case 'ERR_PLUGIN_BUSY':
      return name === plugin.name;
    case 'ERR_CONF_KEY_UNKNOWN':
      return hasSymbol && isNewer(plugin, pluginDir, since);
    default:
      return false;
  }
}

/** A version that an update brings has a folder of its own; its time is from before rules get to see it. */
const isNewer = ({ dir, installedAt = '' }: Supplier, readFrom: unknown, since: number): boolean =>
  dir !== readFrom || Date.parse(installedAt) > since;

const has = ({ manifest }: Supplier, kind: SymbolKind, symbol: unknown): boolean =>
  manifest[PLURAL[kind]].some((one) => one === symbol);
