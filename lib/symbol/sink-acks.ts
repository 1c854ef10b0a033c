import type { SinkChannelOptions } from '../channel/sink-handler.js';
import { sinkAck, sinkAckTimeout } from '../errors.js';
import type { SinkOptions } from './sink.js';

const ACK_TIMEOUT = 5_000;

/** How the channel of a sink is to take its acks. */
export const acksOf = (
  symbol: string,
  { requireAck = false, ackTimeout = ACK_TIMEOUT }: SinkOptions,
): Pick<SinkChannelOptions, 'ackTimeout' | 'ackError' | 'ackLate'> => ({
  ackTimeout: requireAck ? ackTimeout : undefined,
  ackError: (text) => sinkAck(symbol, text),
  ackLate: () => sinkAckTimeout(symbol, ackTimeout),
});
