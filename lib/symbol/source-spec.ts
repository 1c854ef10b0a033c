import type { Decoder } from 'io-ts';
import type { Clock } from '../clock.js';
import type { PluginLink } from '../control/plugin-link.js';
import type { Transport } from '../sp/transport.js';
import type { Parse } from '../wire/source.js';
import type { Owner } from './owner.js';
import type { SymbolSettings } from './settings.js';

/** All that a subscription needs, known before the first one. */
export interface SourceSpec<T> {
  readonly symbol: string;
  readonly link: PluginLink;
  readonly owner: Owner;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly dataSource: string | undefined;
  readonly config: SymbolSettings;
  readonly decode: Decoder<unknown, T> | undefined;
  readonly parse: Parse | undefined;
}
