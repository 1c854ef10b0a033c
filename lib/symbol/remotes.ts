import type { Decoder } from 'io-ts';
import type { OperatorFunction } from 'rxjs';
import type { Clock } from '../clock.js';
import type { PluginLink } from '../control/plugin-link.js';
import { symbolConfig } from '../registry/symbol-config.js';
import type { Transport } from '../sp/transport.js';
import type { SymbolKind } from '../wire/names.js';
import type { Parse } from '../wire/source.js';
import { remoteCall } from './call.js';
import type { CallOptions } from './call-options.js';
import type { FunctionPool } from './function-pool.js';
import type { Owner } from './owner.js';
import { RemoteSink } from './remote-sink.js';
import { SymbolSettings } from './settings.js';
import type { SinkOptions } from './sink.js';
import { remoteSource, type Source } from './source.js';

export interface RemoteOptions {
  /** The plugin that has the symbol. Throws `ERR_SYMBOL_UNKNOWN`. */
  readonly find: (kind: SymbolKind, symbol: string) => PluginLink;
  readonly functions: FunctionPool;
  readonly transport: Transport;
  readonly clock: Clock;
  /** The user's own configuration of symbols. */
  readonly etcDir: string;
}

interface AnySourceOptions {
  readonly dataSource?: string;
  readonly confKey?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly parse?: Parse;
  readonly decode?: Decoder<unknown, unknown>;
}

type AnyCallOptions = CallOptions<unknown, unknown> & { readonly decode?: Decoder<unknown, unknown> };
type Args = (value: unknown, index: number) => readonly unknown[];
type Project = (value: unknown, result: unknown, index: number) => unknown;

/** The symbols of all plugins as sources, operators and sinks for whoever owns them. */
export class Remotes {
  constructor(private readonly options: RemoteOptions) {}

  source(owner: Owner, symbol: string, options: AnySourceOptions = {}): Source<unknown> {
    const link = this.options.find('source', symbol);
    const { transport, clock } = this.options;
    const { dataSource, parse, decode } = options;
    const config = this.config(link, 'source', symbol, options);
    return remoteSource({ symbol, link, owner, transport, clock, config, dataSource, parse, decode });
  }

  sink(owner: Owner, symbol: string, options: SinkOptions = {}): RemoteSink<unknown> {
    const link = this.options.find('sink', symbol);
    const { transport, clock } = this.options;
    return new RemoteSink({
      symbol,
      link,
      owner,
      transport,
      clock,
      options,
      config: this.config(link, 'sink', symbol, options),
    });
  }

  call(
    owner: Owner,
    symbol: string,
    args: Args,
    projectOrOptions?: Project | AnyCallOptions,
    options: AnyCallOptions = {},
  ): OperatorFunction<unknown, unknown> {
    const link = this.options.find('function', symbol);
    const shared = this.options.functions.get(symbol, link);
    const project = typeof projectOrOptions === 'function' ? projectOrOptions : undefined;
    const settings = typeof projectOrOptions === 'object' ? projectOrOptions : options;
    const context = owner.callContext(symbol);
    return remoteCall({ owner, shared, context, args, project, decode: settings.decode, options: settings });
  }

  private config(
    link: PluginLink,
    kind: SymbolKind,
    symbol: string,
    { confKey, config }: { readonly confKey?: string; readonly config?: Readonly<Record<string, unknown>> },
  ): SymbolSettings {
    const { etcDir } = this.options;
    return new SymbolSettings(link.plugin, (pluginDir) =>
      symbolConfig({ pluginDir, etcDir, kind, symbol, confKey, inline: config }),
    );
  }
}
