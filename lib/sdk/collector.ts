import { configInvalid, reasonOf } from '../errors.js';
import { ACK, encodeNack } from '../wire/ack.js';
import { parseJson } from '../wire/json.js';
import type { ReceivedValue } from '../wire/sink-batch.js';
import type { SinkContext } from './context.js';
import type { Sink, SinkDecode, SinkTarget } from './sink.js';
import { isThenable } from './thenable.js';

/** Hands payloads to the author's target, and says how each went. */
export class Collector {
  private constructor(
    private readonly target: SinkTarget,
    private readonly decode: SinkDecode,
    private readonly context: SinkContext,
  ) {}

  /** Opens the sink; throws what its factory throws, or rejects with it, and with `ERR_CONFIG_INVALID` for what is no target. */
  static open(sink: Sink, context: SinkContext): Collector | Promise<Collector> {
    const { open, decode = 'auto' } = typeof sink === 'function' ? { open: sink } : sink;
    const collector = (target: unknown): Collector => new Collector(targetOf(target, context), decode, context);
    const target = open(context);
    return isThenable(target) ? Promise.resolve(target).then(collector) : collector(target);
  }

  /** The ack of a value. Never throws or rejects; not to be called again before a promise has settled. */
  collect(received: ReceivedValue): string | Promise<string> {
    try {
      const { target } = this;
      const value = this.valueOf(received);
      const taken = typeof target === 'function' ? target(value) : target.next(value);
      return isThenable(taken) ? Promise.resolve(taken).then(ack, nack) : ACK;
    } catch (error) {
      return nack(error);
    }
  }

  /** Never rejects. */
  async complete(): Promise<void> {
    try {
      if (typeof this.target !== 'function') await this.target.complete?.();
    } catch (error) {
      this.context.log.error({ error }, `complete() of the sink threw: ${reasonOf(error)}`);
    }
  }

  private valueOf(received: ReceivedValue): unknown {
    if (this.decode === 'raw') return copy(received.bytes());
    try {
      return parseJson(received.text());
    } catch (error) {
      if (this.decode === 'json') throw error;
      return copy(received.bytes());
    }
  }
}

/** What takes no value would lose each of them without a word. */
function targetOf(target: unknown, { symbol }: SinkContext): SinkTarget {
  if (isTarget(target)) return target;
  const found = typeof target === 'object' && target !== null ? 'an object without next()' : String(target);
  throw configInvalid(`sink ${symbol}`, [`it opened as ${found}: return a function or an observer`]);
}

const isTarget = (target: unknown): target is SinkTarget =>
  typeof target === 'function' ||
  (typeof target === 'object' && target !== null && 'next' in target && typeof target.next === 'function');

/** The payload is a view of what the socket has read: kept, it would keep all of that. */
const copy = (payload: Buffer): Uint8Array => new Uint8Array(payload);

const ack = (): string => ACK;

const nack = (error: unknown): string => encodeNack(reasonOf(error));
