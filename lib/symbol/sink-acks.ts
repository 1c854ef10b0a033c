import { FATAL_TIMES } from '../channel/fatal-value.js';
import type { SinkChannelOptions } from '../channel/sink-handler.js';
import { sinkAck, sinkAckFatal, sinkAckTimeout } from '../errors.js';
import { flushTimeoutOf, type Owner } from './owner.js';
import type { SinkOptions } from './sink.js';
import { ACK_TIMEOUT } from './sink-options.js';

interface AckSpec {
  readonly symbol: string;
  readonly owner: Pick<Owner, 'flushTimeout'>;
  readonly options: SinkOptions;
}

/** How the channel of a sink is to take its acks. */
export function acksOf({
  symbol,
  owner,
  options,
}: AckSpec): Pick<SinkChannelOptions, 'ackTimeout' | 'ackPatience' | 'ackError' | 'ackLate' | 'ackFatal'> {
  const { requireAck = false, ackTimeout = ACK_TIMEOUT } = options;
  return {
    ackTimeout: requireAck ? ackTimeout : undefined,
    ackPatience: () => flushTimeoutOf(owner),
    ackError: (text) => sinkAck(symbol, text),
    ackLate: () => sinkAckTimeout(symbol, ackTimeout),
    ackFatal: () => sinkAckFatal(symbol, FATAL_TIMES),
  };
}
