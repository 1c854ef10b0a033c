import { checkDuration, DEADLINE } from '../duration.js';
import { checkOverflow, type CheckedOverflow } from '../stage.js';
import type { SinkOptions } from './sink.js';

/** Milliseconds that an ack may take where nothing else is said. */
export const ACK_TIMEOUT = 5_000;

/** Before the sink has a stage, which would never end. Answers how its queue is bounded. Throws `ERR_OPERATOR_OPTION`. */
export function checkSinkOptions(symbol: string, { queue, ackTimeout = ACK_TIMEOUT }: SinkOptions): CheckedOverflow {
  const where = `sink ${symbol}`;
  checkDuration(where, 'ackTimeout', ackTimeout, DEADLINE);
  return checkOverflow(where, queue);
}
