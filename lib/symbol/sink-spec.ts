import type { Clock } from '../clock.js';
import type { PluginLink } from '../control/plugin-link.js';
import type { Transport } from '../sp/transport.js';
import type { Owner } from './owner.js';
import type { SymbolSettings } from './settings.js';
import type { SinkOptions } from './sink.js';

/** All that a sink is made of. */
export interface SinkSpec {
  readonly symbol: string;
  readonly link: PluginLink;
  readonly owner: Owner;
  readonly transport: Transport;
  readonly clock: Clock;
  readonly config: SymbolSettings;
  readonly options: SinkOptions;
}
