import { pluginExists, pluginUnknown, type RxportError, symbolLeaving, symbolTaken, symbolUnknown } from '../errors.js';
import { type InstalledPlugin } from '../install/installed-plugin.js';
import { PLURAL, SYMBOL_KINDS, type SymbolKind } from '../wire/names.js';
import { nearest } from './nearest.js';

/** Which plugins exist, and which of them has a symbol. Knows nothing of processes and folders. */
export class Registry {
  private readonly plugins = new Map<string, InstalledPlugin>();
  private readonly owners: Readonly<Record<SymbolKind, Map<string, InstalledPlugin>>> = {
    source: new Map(),
    sink: new Map(),
    function: new Map(),
  };
  private readonly leaving = new Set<InstalledPlugin>();

  /** All or nothing. Throws `ERR_PLUGIN_EXISTS`, or `ERR_SYMBOL_TAKEN` when another plugin has one of its symbols. */
  add(plugin: InstalledPlugin): void {
    const known = this.plugins.get(plugin.name);
    if (known) throw pluginExists(plugin.name, known.dir);
    this.replace(plugin);
  }

  /** As `add`, in the place of the plugin of the same name: for an update. Throws `ERR_SYMBOL_TAKEN`. */
  replace(plugin: InstalledPlugin): void {
    this.checkSymbols(plugin);
    this.remove(plugin.name);
    this.plugins.set(plugin.name, plugin);
    for (const kind of SYMBOL_KINDS)
      for (const symbol of symbolsOf(plugin, kind)) this.owners[kind].set(symbol, plugin);
  }

  /** No other plugin gets its symbols until the returned function is called, also when another version without them serves. */
  reserve(plugin: InstalledPlugin): () => void {
    this.leaving.add(plugin);
    return () => this.leaving.delete(plugin);
  }

  /** False when there is no such plugin. */
  remove(name: string): boolean {
    const plugin = this.plugins.get(name);
    if (!plugin) return false;
    for (const kind of SYMBOL_KINDS) for (const symbol of symbolsOf(plugin, kind)) this.owners[kind].delete(symbol);
    return this.plugins.delete(name);
  }

  has(name: string): boolean {
    return this.plugins.has(name);
  }

  /** Throws `ERR_PLUGIN_UNKNOWN`. */
  get(name: string): InstalledPlugin {
    const plugin = this.plugins.get(name);
    if (!plugin) throw pluginUnknown(name, hint(name, [...this.plugins.keys()], 'plugins'));
    return plugin;
  }

  /** In the order in which they were added. */
  list(): readonly InstalledPlugin[] {
    return [...this.plugins.values()];
  }

  /** The plugin that has the symbol. Throws `ERR_SYMBOL_UNKNOWN`. */
  find(kind: SymbolKind, symbol: string): InstalledPlugin {
    const plugin = this.owners[kind].get(symbol);
    if (!plugin) throw this.unknown(kind, symbol);
    return plugin;
  }

  /** Throws `ERR_SYMBOL_TAKEN` when another plugin has one of its symbols; changes nothing. */
  checkSymbols(plugin: InstalledPlugin): void {
    for (const kind of SYMBOL_KINDS) {
      for (const symbol of symbolsOf(plugin, kind)) {
        const owner = this.owners[kind].get(symbol);
        if (owner && owner.name !== plugin.name) throw symbolTaken(`${kind} ${symbol}`, owner.name, plugin.name);
        const former = [...this.leaving].find((other) => symbolsOf(other, kind).includes(symbol));
        if (former && former.name !== plugin.name) throw symbolLeaving(`${kind} ${symbol}`, former.name, plugin.name);
      }
    }
  }

  private unknown(kind: SymbolKind, symbol: string): RxportError {
    const others = SYMBOL_KINDS.filter((other) => this.owners[other].has(symbol));
    const elsewhere = others.map(
      (other) => `plugin ${this.owners[other].get(symbol)?.name} has a ${other} of that name; `,
    );
    return symbolUnknown(kind, symbol, elsewhere.join('') + hint(symbol, [...this.owners[kind].keys()], PLURAL[kind]));
  }
}

const symbolsOf = ({ manifest }: InstalledPlugin, kind: SymbolKind): readonly string[] => manifest[PLURAL[kind]];

/** `did you mean "thermo"? Known sources: thermo, random` */
function hint(name: string, known: readonly string[], plural: string): string {
  if (known.length === 0) return `there are no ${plural}, install a plugin first`;
  const near = nearest(name, known);
  const most = 20;
  const list = known.slice(0, most).join(', ') + (known.length > most ? ` and ${known.length - most} more` : '');
  return `${near === undefined ? '' : `did you mean ${JSON.stringify(near)}? `}Known ${plural}: ${list}`;
}
