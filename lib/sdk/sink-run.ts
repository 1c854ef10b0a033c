import { type Clock, pause } from '../clock.js';
import { nativeTransport } from '../sp/native.js';
import type { PullSocket } from '../sp/transport.js';
import { ackPath, dataPath } from '../wire/address.js';
import type { Control } from '../wire/control.js';
import { Acks } from './acks.js';
import { Collector } from './collector.js';
import { sinkContext } from './context.js';
import type { Instance, Surroundings } from './instance.js';
import type { Sink } from './sink.js';

/** A peer that is still connected at STOP, and sends nothing for so many milliseconds, has no more to say. */
const SILENCE = 100;

/** Rejects with what the factory throws, and with `ERR_CHANNEL_*`, `ERR_ADDRESS_*`. */
export async function startSink(sink: Sink, control: Control, surroundings: Surroundings): Promise<Instance> {
  const { ipcDir, clock, log } = surroundings;
  const context = sinkContext(control, log);
  let run: SinkRun | undefined;
  const data = await nativeTransport.pull(
    dataPath(ipcDir, control.meta),
    { clock },
    { message: (payload) => run?.receive(payload), peerClosed: () => run?.stir() },
  );
  data.pause();
  let acks: Acks | undefined;
  try {
    acks = await Acks.open(ackPath(ipcDir, control.meta), clock, context.log);
    run = new SinkRun(clock, data, acks, new Collector(sink, context));
    return run;
  } catch (error) {
    acks?.close();
    // A listener that stayed would make the next START fail.
    await data.close();
    throw error;
  }
}

/** One running sink: payloads from its data channel, one at a time, and an ack for each. */
class SinkRun implements Instance {
  private busy = false;
  private closed = false;
  private received = 0;
  private stopping: Promise<void> | undefined;
  /** Aborted when something moves; exists while STOP waits for that. */
  private still: AbortController | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly data: PullSocket,
    private readonly acks: Acks,
    private readonly collector: Collector,
  ) {}

  begin(): void {
    this.data.resume();
  }

  stop(): Promise<void> {
    this.stopping ??= this.shut();
    return this.stopping;
  }

  kill(): void {
    void this.close();
  }

  receive(payload: Buffer): void {
    if (this.closed) return;
    this.received += 1;
    const ack = this.collector.collect(payload);
    if (typeof ack === 'string') {
      this.acks.send(ack);
      return;
    }
    this.busy = true;
    this.data.pause();
    void ack.then((text) => {
      this.busy = false;
      this.acks.send(text);
      this.stir();
      this.data.resume();
    });
  }

  stir(): void {
    this.still?.abort();
  }

  /** Works off what the host has sent: all of it when the host closed its end first, as it should. */
  private async shut(): Promise<void> {
    while (!this.closed && (this.busy || this.data.peers > 0)) {
      const before = this.received;
      this.still = new AbortController();
      await pause(this.clock, SILENCE, this.still.signal);
      const silent = !this.still.signal.aborted && this.received === before;
      if (silent && !this.busy) break;
    }
    // Cut off: its target may still be at work, and is not to be disturbed.
    if (this.closed) return;
    await this.collector.complete();
    await this.close();
  }

  private async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    this.stir();
    this.acks.close();
    await this.data.close();
  }
}
