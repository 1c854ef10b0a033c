import type { Subscription } from 'rxjs';
import { after, pause } from '../clock.js';
import type { RxportError } from '../errors.js';
import type { ChannelOptions, PullSocket, PushSocket, Transport } from '../sp/transport.js';
import { decodeAck } from '../wire/ack.js';
import { admit, type Admission, type Overflow } from './overflow.js';
import { Queue } from './queue.js';

/** What the channels of a sink say, on the tick on which it happens. */
export interface SinkHandler<T> {
  /** This many more values, the oldest first, are with the kernel. */
  passed(count: number): void;
  /** Where acks are required: the plugin has taken this value, or says why not. */
  acknowledged(value: T, error: RxportError | undefined): void;
  /** A value was not sent: it is over the limit of the plugin. */
  failed(error: RxportError): void;
  /** An ack that nobody had asked for says that something went wrong. */
  complained(error: RxportError): void;
  /** The connection is gone; `unconfirmed` values at most were under way in it. */
  disconnected(unconfirmed: number): void;
}

export interface SinkChannelOptions extends ChannelOptions {
  readonly transport: Transport;
  readonly overflow: Overflow;
  /** One value in flight, each acknowledged within so many milliseconds; without it acks are only read. */
  readonly ackTimeout?: number | undefined;
  readonly ackError: (text: string) => RxportError;
  readonly ackLate: () => RxportError;
}

/** A value and the bytes that stand for it. */
export interface Item<T> {
  readonly value: T;
  readonly payload: string | Uint8Array;
}

/** What a broken connection may have held: the kernel's buffer in bytes, and the messages a Go plugin reads ahead. */
const KERNEL_BYTES = 212_992;
const READ_AHEAD = 128;
/** Milliseconds for a plugin to read what the kernel has, where the transport can not tell when it has. */
const SETTLE = 1_000;
/** How long a plugin may take to listen after its `ok`, in milliseconds. */
const DIAL_TIMEOUT = 5_000;

/**
 * The data and ack channels of one running sink: PUSH, dialled after START, and PULL, bound before it.
 *
 * Values wait in a bounded queue; those that the kernel had not taken when a connection broke go out again.
 */
export class SinkChannel<T> {
  private readonly waiting = new Queue<Item<T>>();
  /** Handed to the connection, and neither taken by the kernel nor (where required) acknowledged. */
  private readonly out = new Queue<Item<T>>();
  private push: PushSocket | undefined;
  private acks: PullSocket | undefined;
  private full = false;
  private dialling: AbortController | undefined;
  private deadline: Subscription | undefined;
  /** Runs while an ack is awaited that has missed its deadline. */
  private overdue: Subscription | undefined;
  /** Aborted when something moves; exists while somebody waits for that. */
  private still: AbortController | undefined;
  private taken = 0;
  private takenAt = 0;
  private hopeless = false;
  private smallest = KERNEL_BYTES;

  constructor(
    private readonly addresses: { readonly data: string; readonly ack: string },
    private readonly options: SinkChannelOptions,
    private readonly handler: SinkHandler<T>,
  ) {}

  /** How many values are neither passed nor dropped nor failed. */
  get depth(): number {
    return this.waiting.length + this.out.length;
  }

  /** Binds the ack channel: always, since a Go sink whose ack channel is missing can not be started again. */
  async bind(): Promise<void> {
    const { transport } = this.options;
    this.acks = await transport.pull(this.addresses.ack, this.options, { message: (payload) => this.acked(payload) });
  }

  accept(item: Item<T>): Admission {
    const admission = admit(this.waiting, item, this.options.overflow);
    this.pump();
    return admission;
  }

  /** The plugin has started the sink: it listens, or will within moments. */
  async connect(): Promise<void> {
    this.disconnect();
    const dialling = new AbortController();
    this.dialling = dialling;
    // What comes of a dial that was given up is nothing to us.
    let ours = false;
    try {
      const options = { ...this.options, timeout: DIAL_TIMEOUT };
      const push = await this.options.transport.push(this.addresses.data, options, {
        accepted: (count) => this.accepted(count),
        drained: () => {
          this.full = false;
          this.pump();
        },
        closed: () => ours && this.closed(),
      });
      ours = !dialling.signal.aborted;
      if (ours) this.opened(push);
      else push.destroy();
    } catch (error) {
      if (!dialling.signal.aborted) throw error;
    }
  }

  /** The process is gone, or is about to be told to stop. */
  disconnect(): void {
    this.dialling?.abort();
    this.push?.destroy();
  }

  /**
   * Waits until everything is passed and the plugin has read it and closed. False when nothing moved for `patience` ms.
   */
  async drain(patience: number): Promise<boolean> {
    while (this.depth > 0) if (this.hopeless || !(await this.moved(patience))) return false;
    this.push?.end();
    while (this.push !== undefined) if (!(await this.moved(patience))) return false;
    const { transport, clock } = this.options;
    if (!transport.capabilities.halfClose) await pause(clock, Math.max(0, this.takenAt + SETTLE - clock.now()));
    return true;
  }

  /** The plugin will not take anything: a drain has nothing to wait for. */
  giveUp(): void {
    this.hopeless = true;
    this.stir();
  }

  /** Drops what is left; answers how many values that were. */
  async close(): Promise<number> {
    this.disconnect();
    this.deadline?.unsubscribe();
    this.overdue?.unsubscribe();
    await this.acks?.close();
    return this.waiting.clear() + this.out.clear();
  }

  private opened(push: PushSocket): void {
    this.push = push;
    this.full = false;
    this.taken = 0;
    this.smallest = KERNEL_BYTES;
    this.pump();
  }

  private closed(): void {
    this.push = undefined;
    this.deadline?.unsubscribe();
    this.settleOverdue();
    for (let last = this.out.pop(); last !== undefined; last = this.out.pop()) this.waiting.unshift(last);
    this.stir();
    this.handler.disconnected(Math.min(this.taken, Math.ceil(KERNEL_BYTES / this.smallest) + READ_AHEAD));
  }

  private pump(): void {
    const { push, options } = this;
    const window = options.ackTimeout === undefined ? Infinity : 1;
    while (push?.open === true && !this.full && this.out.length < window && this.overdue === undefined) {
      const item = this.waiting.shift();
      if (item === undefined) return;
      this.send(push, item);
    }
  }

  private send(push: PushSocket, item: Item<T>): void {
    try {
      this.full = !push.send(item.payload);
    } catch (error) {
      // Over the limit of the peer: nothing has been written.
      this.handler.failed(error as RxportError);
      this.stir();
      return;
    }
    this.out.push(item);
    this.smallest = Math.max(1, Math.min(this.smallest, item.payload.length));
    const { ackTimeout, clock } = this.options;
    if (ackTimeout !== undefined) this.deadline = after(clock, ackTimeout, () => this.late(ackTimeout));
  }

  private accepted(count: number): void {
    this.takenAt = this.options.clock.now();
    if (this.options.ackTimeout !== undefined) return;
    this.taken += count;
    for (let i = 0; i < count; i += 1) this.out.shift();
    this.stir();
    this.handler.passed(count);
  }

  private acked(payload: Buffer): void {
    const problem = decodeAck(payload);
    const error = problem === undefined ? undefined : this.options.ackError(problem);
    if (this.out.length > 0 && this.options.ackTimeout !== undefined && this.overdue === undefined)
      return this.acknowledge(error);
    if (error !== undefined) this.handler.complained(error);
    if (this.overdue === undefined) return;
    this.settleOverdue();
    this.pump();
  }

  /**
   * Acks have no id: the next value waits as long again, or until the late ack has come, which else would be taken for
   * its own.
   */
  private late(ackTimeout: number): void {
    this.overdue = after(this.options.clock, ackTimeout, () => {
      this.settleOverdue();
      this.pump();
    });
    this.acknowledge(this.options.ackLate());
  }

  private settleOverdue(): void {
    this.overdue?.unsubscribe();
    this.overdue = undefined;
    this.stir();
  }

  private acknowledge(error: RxportError | undefined): void {
    this.deadline?.unsubscribe();
    const item = this.out.shift();
    if (item === undefined) return;
    this.stir();
    this.handler.acknowledged(item.value, error);
    this.pump();
  }

  private stir(): void {
    this.still?.abort();
    this.still = undefined;
  }

  private async moved(patience: number): Promise<boolean> {
    this.still ??= new AbortController();
    const { signal } = this.still;
    await pause(this.options.clock, patience, signal);
    return signal.aborted;
  }
}
