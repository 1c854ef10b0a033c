import { type Clock, pause } from '../clock.js';
import type { RxportError } from '../errors.js';
import { nativeTransport } from '../sp/native.js';
import type { PullSocket } from '../sp/transport.js';
import { ACK, encodeNack } from '../wire/ack.js';
import { ackPath, dataPath } from '../wire/address.js';
import type { Control } from '../wire/control.js';
import { SinkFrame } from '../wire/sink-batch.js';
import { Acks } from './acks.js';
import { Collector } from './collector.js';
import { sinkContext } from './context.js';
import type { Instance, Surroundings } from './instance.js';
import type { Sink } from './sink.js';
import type { PluginLog } from './stderr-log.js';

/** A peer that is still connected at STOP, and sends nothing for so many milliseconds, has no more to say. */
const SILENCE = 100;

/** Rejects with what the factory throws, and with `ERR_CHANNEL_*`, `ERR_ADDRESS_*`. */
export async function startSink(sink: Sink, control: Control, surroundings: Surroundings): Promise<Instance> {
  const { ipcDir, clock, host, log } = surroundings;
  const context = sinkContext(control, log);
  let run: SinkRun | undefined;
  const data = await nativeTransport.pull(
    dataPath(ipcDir, control.meta),
    // Our close tells the host that all was collected, not that it was read.
    { clock, closeWhenFlowing: true },
    { message: (frame) => run?.receive(frame), peerClosed: () => run?.stir() },
  );
  data.pause();
  let acks: Acks | undefined;
  try {
    acks = await Acks.open(ackPath(ipcDir, control.meta), clock, context.log);
    run = new SinkRun({
      clock,
      data,
      acks,
      collector: await Collector.open(sink, context),
      batches: host.batch,
      log: context.log,
    });
    return run;
  } catch (error) {
    acks?.close();
    // A listener that stayed would make the next START fail.
    await data.close();
    throw error;
  }
}

interface SinkParts {
  readonly clock: Clock;
  readonly data: PullSocket;
  readonly acks: Acks;
  readonly collector: Collector;
  /** The host may send several values in a frame. */
  readonly batches: boolean;
  readonly log: PluginLog;
}

/** One running sink: values from its data channel, one at a time, and an ack for each that came alone. */
class SinkRun implements Instance {
  private busy = false;
  private closed = false;
  private received = 0;
  private stopping: Promise<void> | undefined;
  /** Aborted when something moves; exists while STOP waits for that. */
  private still: AbortController | undefined;

  constructor(private readonly parts: SinkParts) {}

  begin(): void {
    this.parts.data.resume();
  }

  stop(): Promise<void> {
    this.stopping ??= this.shut();
    return this.stopping;
  }

  kill(): void {
    void this.close();
  }

  receive(bytes: Buffer): void {
    if (this.closed) return;
    this.received += 1;
    const { batches, data } = this.parts;
    try {
      this.workOff(batches ? SinkFrame.read(bytes, data.address) : SinkFrame.alone(bytes));
    } catch (error) {
      this.unreadable(error as RxportError);
    }
  }

  stir(): void {
    this.still?.abort();
  }

  /** Collects one value after another; where one takes its time, it is the only one. */
  private workOff(frame: SinkFrame): void {
    while (!this.closed && frame.next()) {
      const ack = this.parts.collector.collect(frame);
      if (typeof ack !== 'string') return this.await(ack, frame);
      this.tell(ack, frame);
    }
  }

  private await(ack: Promise<string>, frame: SinkFrame): void {
    this.busy = true;
    this.parts.data.pause();
    void ack.then((text) => {
      this.busy = false;
      this.tell(text, frame);
      this.workOff(frame);
      if (this.busy) return;
      this.stir();
      this.parts.data.resume();
    });
  }

  /** A host that sends batches counts no acks: it only has to hear what went wrong. */
  private tell(ack: string, { isBatch }: SinkFrame): void {
    if (!isBatch || ack !== ACK) this.parts.acks.send(ack);
  }

  private unreadable(error: RxportError): void {
    const { log, acks } = this.parts;
    log.error({ code: error.code }, `values of the host were lost: ${error.message}`);
    acks.send(encodeNack(`${error.code}: ${error.message}`));
  }

  /** Works off what the host has sent: all of it when the host closed its end first, as it should. */
  private async shut(): Promise<void> {
    while (!this.closed && (this.busy || this.parts.data.peers > 0)) {
      const before = this.received;
      this.still = new AbortController();
      await pause(this.parts.clock, SILENCE, this.still.signal);
      const silent = !this.still.signal.aborted && this.received === before;
      if (silent && !this.busy) break;
    }
    // Cut off: its target may still be at work, and is not to be disturbed.
    if (this.closed) return;
    // Before complete(), which may take its time: the next START, here or in another process, needs the address.
    await this.parts.data.close();
    await this.parts.collector.complete();
    await this.close();
  }

  private async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.stir();
    this.parts.acks.close();
    await this.parts.data.close();
  }
}
