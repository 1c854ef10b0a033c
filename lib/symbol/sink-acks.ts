import type { SinkChannelOptions } from '../channel/sink-handler.js';
import { checkDuration, DEADLINE } from '../duration.js';
import { sinkAck, sinkAckTimeout } from '../errors.js';
import type { SinkOptions } from './sink.js';

const ACK_TIMEOUT = 5_000;

/** How the channel of a sink is to take its acks. Throws `ERR_OPERATOR_OPTION`. */
export function acksOf(
  symbol: string,
  { requireAck = false, ackTimeout = ACK_TIMEOUT }: SinkOptions,
): Pick<SinkChannelOptions, 'ackTimeout' | 'ackError' | 'ackLate'> {
  checkDuration(`sink ${symbol}`, 'ackTimeout', ackTimeout, DEADLINE);
  return {
    ackTimeout: requireAck ? ackTimeout : undefined,
    ackError: (text) => sinkAck(symbol, text),
    ackLate: () => sinkAckTimeout(symbol, ackTimeout),
  };
}
