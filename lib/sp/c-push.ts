import { Subscription } from 'rxjs';
import { after } from '../clock.js';
import { channelClosed, channelDial, type RxportError } from '../errors.js';
import { type Library, Readiness, urlOf } from './c-library.js';
import { checkSize, HIGH_WATER, MAX_FRAME } from './limits.js';
import type { ChannelOptions, PushHandler, PushSocket } from './transport.js';

/** Milliseconds between two attempts to connect, and the least that connecting gets: the C library does it aside. */
const RECONNECT = 10;
const SHORTEST_DIAL = 250;
/** Milliseconds without progress after which `end` gives up on what is left. */
const PATIENCE = 5_000;

/**
 * The C library holds one message, all others wait here; when it is ready for the next the kernel has the last.
 *
 * It connects anew by itself when its peer has gone, which can not be seen.
 */
export class CPush implements PushSocket {
  private readonly socket: number;
  private readonly writable: Readiness;
  private readonly maxSend: number;
  private state: 'dialling' | 'open' | 'ending' | 'closed' = 'dialling';
  private waiting: (string | Uint8Array)[] = [];
  private next = 0;
  /** Of what waits; a string counts its length. */
  private bytes = 0;
  private held = false;
  private full = false;
  private scheduled = false;
  private deadline: Subscription = Subscription.EMPTY;
  private dialled: () => void = () => undefined;

  constructor(
    private readonly nn: Library,
    readonly address: string,
    private readonly options: ChannelOptions,
    private readonly handler: PushHandler,
  ) {
    this.maxSend = options.maxSend?.() ?? options.maxFrame ?? MAX_FRAME;
    this.socket = nn.Socket(nn.AF_SP, nn.NN_PUSH);
    if (this.socket < 0) throw channelDial(address, nn.Err());
    nn.Setopt(this.socket, nn.NN_SOL_SOCKET, nn.NN_RECONNECT_IVL, RECONNECT);
    this.writable = new Readiness(nn, this.socket, true, () => this.ready());
  }

  get open(): boolean {
    return this.state === 'open';
  }

  /** Resolves when the peer has answered the greeting. */
  dial(timeout: number): Promise<this> {
    return new Promise((resolve, reject) => {
      this.dialled = () => resolve(this);
      this.deadline = after(this.options.clock, Math.max(timeout, SHORTEST_DIAL), () => {
        this.release();
        reject(channelDial(this.address, 'no PULL socket answered in time'));
      });
      this.nn.Connect(this.socket, urlOf(this.address));
      this.writable.watch();
    });
  }

  send(body: string | Uint8Array): boolean {
    if (!this.open) throw channelClosed(this.address);
    checkSize(this.address, body, 0, this.maxSend);
    this.waiting.push(body);
    this.bytes += body.length;
    // Not at once: `accepted` comes after `send` has returned.
    if (!this.scheduled) queueMicrotask(() => this.pump());
    this.scheduled = true;
    if (this.bytes < HIGH_WATER) return true;
    this.full = true;
    return false;
  }

  end(): void {
    if (!this.open) return;
    this.state = 'ending';
    this.pump();
  }

  destroy(): void {
    this.finish();
  }

  /** The C socket takes a message: the kernel has the one before. */
  private ready(): void {
    if (this.state === 'dialling') {
      this.state = 'open';
      this.deadline.unsubscribe();
      this.dialled();
    }
    const taken = this.held ? 1 : 0;
    this.held = false;
    this.pump(taken);
  }

  /** Hands over what goes without waiting; `taken` messages have reached the kernel before. */
  private pump(taken = 0): void {
    this.scheduled = false;
    if (this.state === 'closed') return;
    const { nn, socket } = this;
    while (this.next < this.waiting.length) {
      const body = this.waiting[this.next]!;
      // Refused while it holds the one before, and while no peer is there.
      if (nn.Send(socket, body, nn.NN_DONTWAIT) < 0) break;
      if (this.held) taken += 1;
      this.held = true;
      this.next += 1;
      this.bytes -= body.length;
    }
    if (this.next === this.waiting.length) {
      this.waiting = [];
      this.next = 0;
    }
    if (taken > 0) this.handler.accepted(taken);
    if (this.held || this.waiting.length > 0) this.wait();
    else this.rest();
  }

  private wait(): void {
    if (this.state === 'closed') return;
    this.writable.watch();
    if (this.state !== 'ending') return;
    this.deadline.unsubscribe();
    this.deadline = after(this.options.clock, PATIENCE, () => this.finish(channelClosed(this.address)));
  }

  /** Watched any longer, a socket that can send would keep the event loop busy. */
  private rest(): void {
    this.writable.rest();
    if (this.full) {
      this.full = false;
      this.handler.drained();
    }
    if (this.state === 'ending') this.finish();
  }

  private finish(error?: RxportError): void {
    if (this.state === 'closed') return;
    this.release();
    queueMicrotask(() => this.handler.closed(error));
  }

  private release(): void {
    this.state = 'closed';
    this.full = false;
    this.deadline.unsubscribe();
    this.writable.rest();
    this.nn.Close(this.socket);
  }
}
