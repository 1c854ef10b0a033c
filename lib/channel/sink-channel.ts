import { pause } from '../clock.js';
import type { RxportError } from '../errors.js';
import type { PullSocket, PushSocket } from '../sp/transport.js';
import type { Admission } from '../stage.js';
import { decodeAck } from '../wire/ack.js';
import { AckDeadlines } from './ack-deadlines.js';
import { DrainLimit } from './drain-limit.js';
import { Motion } from './motion.js';
import { framingOf, SinkConnection } from './sink-connection.js';
import { isPayload, type Item, type Payload, type SinkChannelOptions, type SinkHandler } from './sink-handler.js';
import { SinkQueue } from './sink-queue.js';

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
  private readonly queue: SinkQueue<T>;
  private connection: SinkConnection | undefined;
  private acks: PullSocket | undefined;
  private dialling: AbortController | undefined;
  private readonly deadlines: AckDeadlines<Item<T>>;
  private readonly motion: Motion;
  private readonly limit: DrainLimit;
  private takenAt = 0;
  /** We have ended our side, and nothing follows on this connection. */
  private hungUp = false;
  /** The sink changes processes: nothing is sent until the next `connect`. */
  private holding = false;

  constructor(
    readonly addresses: { readonly data: string; readonly ack: string },
    private readonly options: SinkChannelOptions,
    private readonly handler: SinkHandler<T>,
  ) {
    this.queue = new SinkQueue(options.bound);
    const { clock, ackTimeout, ackPatience = () => 0 } = options;
    this.motion = new Motion(clock, () => this.connection && options.effort?.());
    const acks = ackTimeout === undefined ? undefined : { timeout: ackTimeout, patience: ackPatience };
    this.limit = new DrainLimit(clock, this.motion, acks);
    this.deadlines = new AckDeadlines(clock, ackTimeout, {
      late: () => this.acknowledge(options.ackLate()),
      over: () => this.goOn(),
    });
  }

  /** How many values are neither passed nor dropped nor failed. */
  get depth(): number {
    return this.queue.waits + this.queue.out;
  }

  /** How many of them wait for the connection. */
  get waits(): number {
    return this.queue.waits;
  }

  /** Binds the ack channel: always, since a Go sink whose ack channel is missing can not be started again. */
  async bind(): Promise<void> {
    const { transport } = this.options;
    this.acks = await transport.pull(this.addresses.ack, this.options, { message: (payload) => this.acked(payload) });
  }

  accept(value: T, payload: Payload): Admission {
    const admission = this.queue.accept(this.deadlines.required ? { value, payload } : payload);
    this.pump();
    return admission;
  }

  /** The plugin has started the sink: it listens, or will within moments. */
  async connect(): Promise<void> {
    this.disconnect();
    this.limit.hope();
    this.holding = false;
    const dialling = (this.dialling = new AbortController());
    // What comes of a dial that was given up is nothing to us.
    let ours = false;
    try {
      const options = { ...this.options, timeout: DIAL_TIMEOUT };
      const push = await this.options.transport.push(this.addresses.data, options, {
        accepted: (count) => this.accepted(count),
        drained: () => this.drained(),
        closed: (error) => ours && this.closed(error),
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
    // Nobody will say that the rest of it was read.
    this.hungUp = false;
    this.connection?.destroy();
  }

  /** Waits until all is passed, and the plugin has read it and closed. False when that was in vain, or cut short. */
  async drain(patience?: number): Promise<boolean> {
    if (await this.limit.untilOut(() => this.depth === 0, patience)) return this.readOut(patience);
    if (!this.limit.isCut) return false;
    // What is out is out: it may still be read.
    this.holding = true;
    await this.readOut(patience);
    return false;
  }

  /** A drain is over soon: what goes out at once still does. */
  cutShort(): void {
    this.limit.cutShort();
  }

  /**
   * Sends nothing more, and waits until the plugin has read what was sent and closed; what is accepted meanwhile waits for
   * `connect`. False when `patience` was in vain: what was not taken then waits, too.
   */
  async handOver(patience?: number): Promise<boolean> {
    this.holding = true;
    const over = await this.readOut(patience);
    this.disconnect();
    return over;
  }

  /** The plugin will not take anything: a drain has nothing to wait for. */
  giveUp(): void {
    this.limit.giveUp();
  }

  /** Drops what is left, and tells `dropped` how many values that were, before anybody else can look. */
  async close(dropped: (count: number) => void = () => undefined): Promise<void> {
    this.disconnect();
    this.deadlines.stop();
    await this.acks?.close();
    // What it may have held is told before the end.
    if (this.connection !== undefined) await this.motion.within(SETTLE);
    if (this.depth > 0) dropped(this.queue.clear());
  }

  private async readOut(patience?: number): Promise<boolean> {
    while (this.connection !== undefined && this.queue.out > 0) if (!(await this.limit.reads(patience))) return false;
    this.hungUp = true;
    this.connection?.end();
    while (this.connection !== undefined) {
      if (await this.limit.reads(patience)) continue;
      // A close that comes now is that of a STOP, and does not say that all was read.
      this.hungUp = false;
      return false;
    }
    const { transport, clock } = this.options;
    if (!transport.capabilities.halfClose) await pause(clock, Math.max(0, this.takenAt + SETTLE - clock.now()));
    return true;
  }

  private opened(push: PushSocket): void {
    this.connection = new SinkConnection(push, framingOf(this.options));
    this.hungUp = false;
    this.pump();
  }

  private drained(): void {
    if (this.connection !== undefined) this.connection.full = false;
    this.pump();
  }

  private closed(error: RxportError | undefined): void {
    const orderly = this.hungUp && this.queue.out === 0 && error === undefined;
    const unconfirmed = this.connection?.unconfirmed ?? 0;
    this.connection = undefined;
    this.deadlines.stop();
    this.handler.overflowed(this.queue.putBack((item) => this.goesAgain(item)));
    this.motion.stir();
    this.handler.disconnected(unconfirmed, orderly);
    this.handler.moved();
  }

  private goesAgain(item: Item<T>): boolean {
    if (this.holding || isPayload(item) || !this.deadlines.endedWith(item)) return true;
    this.handler.acknowledged(item.value, this.options.ackFatal());
    return false;
  }

  private pump(): void {
    while (this.canSend()) this.send();
    this.handler.moved();
  }

  private canSend(): boolean {
    if (this.queue.waits === 0 || this.holding || this.connection?.open !== true || this.connection.full) return false;
    return !this.deadlines.required || (this.queue.out === 0 && !this.deadlines.isOverdue);
  }

  private send(): void {
    const item = this.queue.next();
    if (item === undefined) return;
    try {
      this.connection?.send(isPayload(item) ? item : item.payload);
    } catch (error) {
      // Over the limit of the peer: nothing has been written.
      if (isPayload(item)) this.handler.failed(error as RxportError);
      else this.handler.acknowledged(item.value, error as RxportError);
      return this.motion.stir();
    }
    this.queue.goesOut(item);
    this.deadlines.sent();
  }

  private accepted(frames: number): void {
    this.takenAt = this.options.clock.now();
    if (this.deadlines.required) return;
    const count = this.connection?.accepted(frames) ?? 0;
    for (let i = 0; i < count; i += 1) this.queue.settle();
    this.motion.stir();
    this.handler.passed(count);
  }

  private acked(payload: Buffer): void {
    const problem = decodeAck(payload);
    const error = problem === undefined ? undefined : this.options.ackError(problem);
    if (this.queue.out > 0 && this.deadlines.inTime) {
      this.limit.acked();
      return this.acknowledge(error);
    }
    if (error !== undefined) this.handler.complained(error);
    if (this.deadlines.isOverdue) this.goOn();
  }

  /** A late ack has come, or is not waited for any longer. */
  private goOn(): void {
    this.deadlines.settle();
    this.motion.stir();
    this.pump();
  }

  private acknowledge(error: RxportError | undefined): void {
    this.deadlines.answered();
    const item = this.queue.settle();
    if (item === undefined || isPayload(item)) return;
    this.motion.stir();
    this.handler.acknowledged(item.value, error);
    this.pump();
  }
}
